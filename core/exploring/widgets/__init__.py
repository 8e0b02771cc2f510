"""What is on the page: figures, controls and the ways out of it."""

from .arrangement import Arrangement, Reactions, lines_html
from .axes import bokeh
from .figures import NAMES, Figures

__all__ = ["NAMES", "Arrangement", "Figures", "Reactions", "bokeh", "lines_html"]
