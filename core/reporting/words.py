"""Say in whole sentences what was learnt, how good it is, and how fast."""

from collections.abc import Mapping
from typing import Any

from .findings import Judged, findings, median_of
from .formatting import count, percent


def headline(metrics: Mapping[str, Any]) -> list[str]:
    """Return the accuracy of a surrogate in a line for each output, and a line of warning.

    Args:
        metrics: The content of metrics.json.
    """
    judged = Judged(metrics)
    lines = [_accuracy(output, values) for output, values in judged.outputs.items()]
    grave = [finding.problem for finding in findings(judged)]
    more = f" And {len(grave) - 1} more, see the report." if len(grave) > 1 else ""
    return [*lines, *([f"But: {grave[0]}{more}"] if grave else [])]


def _accuracy(output: str, metrics: Mapping[str, Any]) -> str:
    error = metrics["nrmse"]
    if not error["n"]:
        return f"{output}: no held-out curve rises above the floor."
    loops = metrics.get("loops") or {}
    parts = [
        f"off by {percent(error['median'])} of its span (median of "
        f"{count(error['n'], 'held-out curve')}; 95 % below {percent(error['p95'])})"
    ]
    peak = median_of(metrics, "peak_error")
    if peak is not None:
        parts.append(f"peak to {percent(peak)}")
    if loops.get("n"):
        parts.append(f"{loops['kept']} of {count(loops['n'], 'loop')} kept")
    return f"{output}: {', '.join(parts)}."
