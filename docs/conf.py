"""How Sphinx builds the documentation: pages in Markdown, executed examples, no network."""

import re
from importlib import metadata
from typing import Any

project = "dynsur"
author = "the dynsur authors"
version = release = metadata.version("dynsur")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_design",
]
exclude_patterns = ["_build", "jupyter_execute", ".jupyter_cache"]
html_theme = "furo"
html_title = "dynsur"
html_static_path: list[str] = []
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False

myst_enable_extensions = ["colon_fence", "attrs_inline"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header", "misc.highlighting_failure"]

# Examples run at every build, and one that fails breaks it.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
default_role = "code"
napoleon_use_ivar = True
# Types are shown, not linked: the libraries' own pages would need the network.
nitpicky = False


def setup(app: Any) -> dict[str, bool]:
    """Show links to files outside of the documentation as paths."""
    app.connect("source-read", _keep_links_inside)
    return {"parallel_read_safe": True}


def _keep_links_inside(app: Any, name: str, source: list[str]) -> None:
    """Show a link to a file of the repository as the file's path: the site does not hold it."""
    up = "../" if "/" not in name else "../../"
    outside = rf"\[([^\]]*)\]\({re.escape(up)}((?:plugins|core|benchmarks|tests|README)[^)]*)\)"
    source[0] = re.sub(outside, r"\1 (`\2`)", source[0])
