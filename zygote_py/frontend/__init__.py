"""The way in: from a function to a proved syntax tree, and what that tree shows to be impossible."""
