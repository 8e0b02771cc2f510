"""The explorer: a page in the browser on which the parameters of a system follow the hand."""

from .drives import Drive
from .server import explore
from .state import State

__all__ = ["Drive", "State", "explore"]
