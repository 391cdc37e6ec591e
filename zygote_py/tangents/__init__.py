"""Cotangents as values: their sum, their fit to a primal value, and the type for those of objects."""

from .accumulate import add, scale
from .project import project, unbroadcast
from .types import Tangent
from .unknown import Unknown

__all__ = ["Tangent", "Unknown", "add", "project", "scale", "unbroadcast"]
