"""What generated code calls. These functions are ordinary Python, so that generated code can be differentiated again."""
