"""The way out: from trees to code objects, and to text."""
