"""A state equation fitted to whole records by Levenberg–Marquardt steps."""

from .config import StateEquation

__all__ = ["StateEquation"]
