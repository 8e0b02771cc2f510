"""Show parameter spaces and systems to a person: as text, and as HTML in notebooks."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any


class Shown:
    """A system that is shown in words, as text and in notebooks; a base class for simulators.

    A dataclass of this base is declared with `repr=False`.
    """

    def __repr__(self) -> str:
        return system_text(self)

    def _repr_html_(self) -> str:
        return system_html(self)


def space_text(space: Any) -> str:
    """Return a parameter space as text, a line for each parameter."""
    rows = [_row(p) for p in space]
    widths = [max((len(row[k]) for row in rows), default=0) for k in range(2)]
    lines = [
        f"  {name:{widths[0]}}  {span:{widths[1]}}  {about}".rstrip() for name, span, about in rows
    ]
    return "\n".join([_counted(space), *lines])


def space_html(space: Any) -> str:
    """Return a parameter space as an HTML table."""
    return f"<p>{escape(_counted(space))}</p>{table_html(map(_row, space))}"


def system_text(simulator: Any) -> str:
    """Return a system as text: what it is, its inputs, outputs and parameters."""
    return "\n".join([_headed(simulator), *_variables(simulator), space_text(simulator.space)])


def system_html(simulator: Any) -> str:
    """Return a system as HTML."""
    lines = "<br>".join(map(escape, _variables(simulator)))
    heading = f"<b>{escape(_headed(simulator))}</b>"
    return f"{heading}<br>{lines}{space_html(simulator.space)}"


def table_html(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of text as an HTML table."""
    body = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )  # fmt: skip
    return f"<table>{body}</table>"


def _counted(space: Any) -> str:
    return f"{len(space)} parameters, {len(space.free)} of them free"


def _headed(simulator: Any) -> str:
    return f"System '{simulator.name}': {simulator.description}"


def _variables(simulator: Any) -> list[str]:
    return [
        f"  {role} {v.name}{'' if v.units == '1' else f' ({v.units})'}: {v.long_name or v.name}"
        for role, group in (("input", simulator.inputs), ("output", simulator.outputs))
        for v in group
    ]


def _row(parameter: Any) -> tuple[str, str, str]:
    p = parameter
    span = f"{p.low:g}" if p.is_fixed else f"{p.low:g} … {p.high:g}"
    unit = "" if p.units == "1" else f" {p.units}"
    scale = ", log" if p.scale == "log" and not p.is_fixed else ""
    return p.name, f"{span}{unit}{scale}", p.long_name
