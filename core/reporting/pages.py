"""HTML pages from templates, with their figures embedded."""

import base64
import importlib.resources
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import write_text
from . import tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figures(
    folder: Path, figures: Mapping[str, tuple["Figure", str]]
) -> dict[str, tuple[str, str]]:
    """Write `figures/*.png` and return them as a page embeds them: base64 text and caption."""
    from .plots import save

    embedded = {}
    for name, (figure, caption) in figures.items():
        path = folder / "figures" / f"{name}.png"
        save(figure, path)
        embedded[name] = (base64.b64encode(path.read_bytes()).decode(), caption)
    return embedded


def render(name: str, **content: Any) -> str:
    """Fill a page; the pages and the parts they share lie beside this module."""
    import jinja2

    folder = importlib.resources.files(__package__ or "") / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda n: folder.joinpath(n).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = tables.number
    return environment.get_template(name).render(**content)


def write_page(path: Path, text: str) -> Path:
    """Write a page, replacing what was there at once."""
    write_text(path, text)
    return path
