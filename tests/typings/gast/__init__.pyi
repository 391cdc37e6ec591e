# gast makes its classes while it is imported: type checkers find none of them.
from typing import Any

def __getattr__(name: str) -> Any: ...
