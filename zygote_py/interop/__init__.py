"""Derivatives for other libraries' solvers. Nothing here is imported before it is asked for.

    scipy       scipy.optimize's minimize, least_squares and root, with parameters of any structure
"""
