"""`dynsur new-plugin`: write a complete plugin distribution to start from."""

import re
from importlib import metadata, resources
from pathlib import Path
from typing import Annotated

import typer
from dynsur.core import DynsurError
from dynsur.core.registry import host

WRITTEN = {  # each file of the distribution and the template it comes from
    "pyproject.toml": "pyproject.toml.jinja",
    "README.md": "README.md.jinja",
    ".gitignore": "gitignore.jinja",
    ".github/workflows/tests.yml": "workflow.yml.jinja",
    "{module}.py": "module.py.jinja",
    "test_{identifier}.py": "test.py.jinja",
}
SHAPE = r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*"  # of names that packages and modules take


def new_plugin(
    name: Annotated[str, typer.Argument(help="Name of the new system, e.g. my-oscillator.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder to write, must not exist; by default NAME."),
    ] = None,
) -> None:
    """Write a plugin to start from: one system with its tests, README and CI.

    Example: dynsur new-plugin my-oscillator
    """
    _refuse_unusable(name)
    folder = out or Path(name)
    if folder.exists() or folder.is_symlink():
        raise DynsurError(f"'{folder}' exists; choose another name or --out.")
    write(name, folder)
    typer.echo(f"wrote {folder}; next:")
    for command in (f"pip install -e {folder}", f"dynsur run {name}", f"pytest {folder}"):
        typer.echo(f"  {command}")


def write(name: str, folder: Path) -> None:
    """Write the distribution with all of its files, or none of them.

    Raises:
        DynsurError: The folder cannot be written.
    """
    from dynsur.core.files import replacing
    from jinja2 import Environment, StrictUndefined

    identifier = name.replace("-", "_")
    values = {
        "name": name,
        "identifier": identifier,
        "module": f"dynsur_{identifier}",
        "constant": identifier.upper(),
        "distribution": f"dynsur-{name.replace('_', '-')}",
        "version": metadata.version("dynsur"),
    }
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    templates = resources.files("dynsur.cli") / "template"
    with replacing(folder) as partial:
        for file, template in WRITTEN.items():
            path = partial / file.format(**values)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = (templates / template).read_text(encoding="utf-8")
            path.write_text(environment.from_string(text).render(values), encoding="utf-8")


def _refuse_unusable(name: str) -> None:
    """Refuse a name that a system, a module and a distribution cannot all have."""
    if not re.fullmatch(SHAPE, name):
        raise DynsurError(
            f"'{name}' cannot name a plugin; expected a letter, then letters and digits with "
            "single '-' or '_' between them, e.g. my-oscillator."
        )
    owner = host().owner(name)
    if owner:
        raise DynsurError(f"'{name}' is offered by {owner} already; choose another name.")
