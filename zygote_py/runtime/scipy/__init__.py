"""SciPy functions that call functions, and objects that hold numbers. Each module is imported after its library."""
