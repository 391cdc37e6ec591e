"""Plain programs by language feature, on which reverse mode is held against finite differences (see table.py)."""
