"""Describe the parts that plugins offer: their settings, defaults, units and meanings."""

import inspect
import re
import types
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..errors import DynsurError
from .coercion import convert, field_types
from .host import Host

KINDS = {
    "system": "dynsur_simulators",
    "experiment": "dynsur_experiments",
    "model": "dynsur_models",
    "dataset": "dynsur_datasets",
    "loss": "dynsur_losses",
}
OWN = ("name", "description", "space", "inputs", "outputs")  # fields of a system that stay
PLAIN = (bool, int, float, str, Path, type(None))


@dataclass(frozen=True)
class Part:
    """Something that a plugin offers.

    Args:
        kind: "system", "experiment", "model", "dataset" or "loss".
        name: What the user types.
        description: One line.
        distribution: The distribution of its plugin, with its version.
        value: The part itself.
    """

    kind: str
    name: str
    description: str
    distribution: str
    value: Any


@dataclass(frozen=True)
class Setting:
    """A field of a part that a user can set.

    Args:
        name: Name of the field.
        value: Its value in the part described.
        accepted: What it takes, in words.
        meaning: The sentence about it in the part's docstring; "" if there is none.
    """

    name: str
    value: Any
    accepted: str
    meaning: str


def parts(host: Host) -> list[Part]:
    """Return everything that the plugins offer, by kind."""
    return [
        Part(kind, o.name, str(o.value.description), o.distribution, o.value)
        for kind, hook in KINDS.items()
        for o in host.offers(hook).values()
    ]


def find_part(host: Host, name: str, kind: str | None = None) -> Part:
    """Return what plugins offer under a name; of several kinds the experiment or the first.

    Args:
        host: The installed plugins.
        name: Name of a part.
        kind: Kind of the part; any by default.

    Raises:
        DynsurError: Nothing has this name, or two plugins offer it.
    """
    if kind is not None and kind not in KINDS:
        raise DynsurError(f"unknown kind '{kind}'; expected one of {', '.join(KINDS)}.")
    offered = [part for part in parts(host) if kind in (None, part.kind)]
    found = {part.kind: part for part in offered if part.name == name}
    for wanted in ("experiment", *KINDS):
        if wanted in found:
            return found[wanted]
    for hook in KINDS.values():
        for clash in filter(None, [host.clashes(hook).get(name)]):
            raise clash
    what = kind or "system, experiment, model, dataset or loss"
    raise host.unknown(what, name, {part.name for part in offered})


def settings_of(part: Any) -> list[Setting]:
    """Return the fields of a part that can be given as text or in TOML, with their meanings."""
    meanings = _meanings(type(part))
    return [
        Setting(name, getattr(part, name), accepted(kind), meanings.get(name, ""))
        for name, kind in field_types(part).items()
        if name not in OWN and _settable(getattr(part, name), kind)
    ]


def _settable(value: Any, kind: Any) -> bool:
    others = [one for one in typing.get_args(kind) if one is not type(None)]
    if value is None and not any(
        one in PLAIN or typing.get_origin(one) in (Literal, tuple, list) for one in others
    ):
        return False
    try:
        return is_plain(value) and convert(value, kind, "value") == value
    except DynsurError:
        return False


def is_plain(value: Any) -> bool:
    """Whether a value can be written in TOML; a sequence may hold only plain values."""
    if isinstance(value, tuple | list):
        return all(map(is_plain, value)) and None not in value
    return isinstance(value, PLAIN)


def accepted(kind: Any) -> str:
    """Return in words what a field of some type takes.

    >>> accepted(int), accepted(Literal["auto", "none"]), accepted(float | None)
    ('whole number', '"auto" or "none"', 'number or "none"')
    """
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return accepted(inner[0])
    if origin is Literal:
        return " or ".join(f'"{value}"' for value in inner)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(accepted(one) for one in inner)
    if origin in (tuple, list):
        return f"list of {accepted(inner[0])}s" if inner else "list"
    names = {bool: "true or false", int: "whole number", float: "number", str: "text"}
    return names.get(kind, '"none"' if kind in (None, type(None)) else _name(kind))


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind)).lower()


def _meanings(kind: type) -> dict[str, str]:
    """Return what the docstrings of a class and its parents say about each argument."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        text = inspect.cleandoc(one.__doc__ or "")
        section = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)+)", text, re.MULTILINE)
        for name, said in re.findall(
            r"^    (\w+): ((?:.*)(?:\n {5,}.*)*)", section[1] if section else "", re.MULTILINE
        ):
            found[name] = " ".join(said.split())
    return found
