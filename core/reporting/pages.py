"""Write HTML pages from templates, with embedded figures."""

import base64
import importlib.resources
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import write_text
from .formatting import number, unbroken

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figures(
    folder: Path, figures: Mapping[str, tuple["Figure", str]]
) -> dict[str, tuple[str, str]]:
    """Write `figures/*.png` and return each as base64 text with its caption, for a page."""
    from .plots import save

    embedded = {}
    for name, (figure, caption) in figures.items():
        path = folder / "figures" / f"{name}.png"
        save(figure, path)
        embedded[name] = (base64.b64encode(path.read_bytes()).decode(), caption)
    return embedded


def render(name: str, **content: Any) -> str:
    """Fill a template; the templates lie next to this module."""
    import jinja2

    folder = importlib.resources.files(__package__ or "") / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda n: folder.joinpath(n).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "unbroken": unbroken}
    return environment.get_template(name).render(**content)


def write_page(path: Path, text: str) -> Path:
    """Write a page, replacing an existing one atomically."""
    write_text(path, text)
    return path
