"""Cotangents as values: their sum, their fit to a primal value, and the type for those of objects."""

from .accumulate import add, scale
from .project import project, unbroadcast
from .types import Tangent

__all__ = ["Tangent", "add", "project", "scale", "unbroadcast"]
