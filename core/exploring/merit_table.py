"""The figures of merit beside the curves, as a small table."""

from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup, escape

from ..merits import merits_of
from ..reporting.labels import unit_text
from ..response import Response
from ..systems.simulator import Simulator

Columns = Mapping[str, np.ndarray]


def rows_of(simulator: Simulator, parameters: Columns, response: Response) -> list[dict[str, str]]:
    """Return for each system its figures of merit as texts, by their name and unit.

    Args:
        simulator: The system.
        parameters: Every parameter by name, shape [n].
        response: The responses of the n systems; one that failed has no merits.
    """
    series = {**response.inputs, **response.outputs}
    found = merits_of(simulator, parameters, series, response.time)
    rows: list[dict[str, str]] = []
    for i, reason in enumerate(response.reasons):
        row = {}
        for merit, values in found.items():
            units = unit_text(merit.units)
            title = f"{merit.long_name or merit.name}{f' ({units})' if units else ''}"
            finite = not reason and np.isfinite(values[i])
            row[title] = f"{values[i]:.4g}" if finite else "–"
        rows.append(row)
    return rows


def merit_html(columns: Sequence[tuple[str, Mapping[str, str]]]) -> str:
    """Return a table with a row for each figure of merit and a column for each curve.

    Args:
        columns: The title of each curve, and its figures of merit by name.
    """
    names = dict.fromkeys(name for _, merits in columns for name in merits)
    if not names:
        return ""
    head = Markup("").join(
        Markup('<th style="text-align:right;padding-left:1em">{}</th>').format(title)
        for title, _ in columns
    )
    body = Markup("").join(
        Markup("<tr><td>{}</td>{}</tr>").format(
            name,
            Markup("").join(
                Markup('<td style="text-align:right;padding-left:1em">{}</td>').format(
                    merits.get(name, "–")
                )
                for _, merits in columns
            ),
        )
        for name in names
    )
    return str(
        Markup(
            '<table class="merits"><tr><th style="text-align:left">{}</th>{}</tr>{}</table>'
        ).format(escape("Figure of merit"), head, body)
    )
