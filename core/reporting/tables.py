"""Build the tables of a report as plain values."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..store.samples import finished
from ..store.schema import inputs_and_outputs
from ..systems.variables import reason_kind
from .formatting import count, duration, number, percent, relative
from .labels import symbol_html, unit_text
from .words import error_text

if TYPE_CHECKING:
    import xarray as xr

FEW_PIECES = 6  # of records, up to which each one's error is shown
AVERAGES = ("mean", "median")


def comparison(
    metrics: Mapping[str, Any],
) -> tuple[list[str], list[tuple[str, list[Any]]], dict[str, Any]]:
    """Arrange the metrics as a table with a row for each number and a column for each predictor.

    Args:
        metrics: Nested numbers under "model" and, by name, under "baselines". Its other entries
            state how they were measured.

    Returns:
        The names of the columns; the name of each row with a value or None for each column; and
        the statement of how the metrics were measured.

    >>> metrics = {"model": {"nrmse": {"max": 0.1}}, "baselines": {"mean": {}}, "n": 3}
    >>> comparison(metrics)
    (['model', 'mean'], [('nrmse · max', [0.1, None])], {'n': 3})
    """
    predictors = {"model": metrics.get("model", {}), **metrics.get("baselines", {})}
    flat = {name: flatten(_with_counts(numbers)) for name, numbers in predictors.items()}
    names = list(dict.fromkeys(row for numbers in flat.values() for row in numbers))
    rows = [(row, [numbers.get(row) for numbers in flat.values()]) for row in names]
    apart = ("model", "baselines", *(key for key in metrics if key.startswith("seconds")))
    rest = {key: value for key, value in metrics.items() if key not in apart}
    return (list(flat) if rows else []), rows, flatten(rest)


ROWS = (  # metric, statistic, name in words, and how the number is written
    ("nrmse", "median", "error / span of the curve", percent),
    ("nrmse", "p95", "… 95 % of the curves below", percent),
    ("peak_error", "median", "error of the peak", percent),
    ("loop_area_error", "median", "error of the loop's area", percent),
    ("log_error", "median", "typical error of a value", relative),
    ("vrmse", "median", "error / standard deviation", percent),
)


def accuracy_tables(
    metrics: Mapping[str, Any],
) -> list[tuple[str, list[str], list[tuple[str, list[str]]]]]:
    """Arrange the errors of each output with a row for each metric and a column for each predictor.

    Args:
        metrics: The content of metrics.json.

    Returns:
        For each output its name, the names of the predictors, and the rows of cells as text.
    """
    predictors = {"model": metrics.get("model", {}), **metrics.get("baselines", {})}
    found = []
    for output, own in metrics.get("model", {}).items():
        if "nrmse" not in own:
            continue
        known = {name: of[output] for name, of in predictors.items() if output in of}
        rows = _rmse_rows(metrics, known)
        rows += [_accuracy_row(known, *row) for row in ROWS if own.get(row[0], {}).get("n")]
        if own.get("loops", {}).get("n"):
            rows.append(
                (f"loops kept, of {own['loops']['n']}", [_kept(of) for of in known.values()])
            )
        found.append((output, list(known), rows))
    return found


def _rmse_rows(metrics: Mapping[str, Any], known: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return the RMSE of free runs over records in the output's unit, of all and of each piece."""
    first = next(iter(known.values())).get("rmse")
    if first is None:
        return []
    of_all = [number(of["rmse"]["all"], 4) for of in known.values()]
    rows = [(f"RMSE in free run, {first['units']}", of_all)]
    pieces = metrics["pieces"] if 1 < len(metrics["pieces"]) <= FEW_PIECES else []
    for i, piece in enumerate(pieces):
        cells = [number(of["rmse"]["each"][i], 4) for of in known.values()]
        rows.append((f"… record {piece['record']}, {piece['start']}:{piece['stop']}", cells))
    return rows


def _accuracy_row(
    known: Mapping[str, Any], metric: str, statistic: str, name: str, write: Callable[..., str]
) -> tuple[str, list[str]]:
    values = [of.get(metric, {}).get(statistic) for of in known.values()]
    return name, ["–" if value is None else write(value) for value in values]


def _kept(metrics: Mapping[str, Any]) -> str:
    return str(metrics.get("loops", {}).get("kept", "–"))


def merits(metrics: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Arrange the errors of the figures of merit: median, 95 %, systems, band, share in it."""
    found = []
    for merit in metrics.get("merits", {}).get("of", {}).values():
        if not merit["n"]:
            continue
        error, band = merit["error"], merit["band"]
        cells = [error_text(merit, error["median"]), error_text(merit, error["p95"])]
        cells += [str(merit["n"]), error_text(merit, band["half_width"]), percent(band["coverage"])]
        found.append((str(merit["long_name"]), cells))
    banded = any(cells[-1] != "–" for _, cells in found)
    return found if banded else [(name, cells[:3]) for name, cells in found]


def own_metrics(metrics: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Arrange what the system measures for itself: its median, 5 % and 95 %."""
    own = metrics.get("model", {}).get(metrics.get("system", ""), {})
    return [
        (name.replace("_", " "), [number(spread.get(k)) for k in ("median", "p5", "p95")])
        for name, spread in own.items()
        if isinstance(spread, Mapping) and "p5" in spread
    ]


def _with_counts(tree: Any) -> Any:
    """Move a count "n" into the name of its numbers: {"nrmse": {"max": 1, "n": 3}}."""
    if not isinstance(tree, Mapping):
        return tree
    named: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping) and "n" in value and not value.keys().isdisjoint(AVERAGES):
            rest = {k: v for k, v in value.items() if k != "n"}
            named[f"{key} (n = {value['n']})"] = rest
        else:
            named[key] = _with_counts(value)
    return named


def counts(store: "xr.Dataset") -> dict[str, int]:
    """Count the samples by status."""
    names = str(store["status"].attrs["flag_meanings"]).split()
    counts = Counter(store["status"].values.tolist())
    return {name.replace("_", " "): counts[value] for value, name in enumerate(names)}


def reasons(store: "xr.Dataset") -> list[tuple[str, int]]:
    """Count the reasons of failed simulations by kind, the most frequent first."""
    reasons = [str(reason) for reason in store["reason"].values if str(reason)]
    return Counter(map(reason_kind, reasons)).most_common(20)


def variables(store: "xr.Dataset") -> list[dict[str, Any]]:
    """Describe inputs and outputs with the range of the finished samples."""
    done = finished(store)
    rows = []
    for role, names in zip(("input", "output"), inputs_and_outputs(store), strict=True):
        for name in names:
            values = done[name].values
            known = values[np.isfinite(values)]
            ends = (known.min(), known.max()) if known.size else (np.nan, np.nan)
            rows.append({**_described(store, name), "role": role, "low": ends[0], "high": ends[1]})
    return rows


def parameters(store: "xr.Dataset") -> list[dict[str, Any]]:
    """Describe the parameters with the range from which they were sampled."""
    rows = []
    for variable in store.data_vars:
        name, attrs = str(variable), store[variable].attrs
        if attrs.get("role") == "parameter":
            low, high = attrs["range"]
            rows.append(
                {**_described(store, name), "low": low, "high": high, "scale": attrs["scale"]}
            )
    return rows


def _described(store: "xr.Dataset", name: str) -> dict[str, Any]:
    attrs = store[name].attrs
    return {
        "name": name,
        "symbol": symbol_html(str(attrs.get("symbol", ""))),
        "long_name": attrs.get("long_name", name),
        "units": unit_text(str(attrs.get("units", "1"))),
    }


def times(
    store: "xr.Dataset",
    history: list[dict[str, Any]],
    metrics: Mapping[str, Any],
    run: Mapping[str, Any],
) -> dict[str, str]:
    """List the times of simulations, of the training, of whole stages and of predictions."""
    wall = finished(store)["wall_time"].values if "wall_time" in store else np.empty(0)
    times = {}
    if wall.size:
        times["simulation, median of one"] = duration(float(np.median(wall)))
        times["simulation, slowest"] = duration(float(wall.max()))
        times["simulation, sum over workers"] = duration(float(wall.sum()))
    if history:
        total = sum(float(row.get("seconds", 0.0)) for row in history)
        times[f"training, {count(len(history), 'epoch')}"] = duration(total)
    for stage, seconds in run.get("times", {}).items():
        times[f"whole stage: {stage}"] = duration(float(seconds))
    measured = {k: v for k, v in metrics.items() if k.startswith("seconds")}
    for key, value in flatten(measured).items():
        if isinstance(value, int | float):
            times[key.replace("_", " ")] = duration(float(value))
    return times


def provenance(store: "xr.Dataset") -> dict[str, Any]:
    """Return the attributes of a store, with JSON parsed and without the parameter space."""
    found: dict[str, Any] = {}
    for key, value in store.attrs.items():
        try:
            value = json.loads(value)
        except (TypeError, ValueError):
            found[str(key)] = value
            continue
        if isinstance(value, dict):
            value.pop("space", None)
        found.update(flatten({str(key): value}))
    return found


def configuration(store: "xr.Dataset", run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the samples and the setup of a run, and where its store comes from, each once."""
    held = provenance(store)
    if "setup" in run:
        again = ("configuration", "system", "seed", "distribution")
        held = {key: value for key, value in held.items() if key.partition(" ")[0] not in again}
    return {**settings(run), **held}


def settings(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the samples and the setup of a run without the ranges of the parameters."""
    setup = dict(run.get("setup", {}))
    if isinstance(setup.get("simulator"), Mapping):
        setup["simulator"] = {k: v for k, v in setup["simulator"].items() if k != "space"}
    return flatten({**({"samples": run["samples"]} if "samples" in run else {}), **setup})


def flatten(tree: Any, prefix: str = "") -> dict[str, Any]:
    """Flatten nested mappings and name each leaf by its path: {"a": {"b": 1}} → {"a · b": 1}."""
    if not isinstance(tree, Mapping):
        return {prefix: tree}
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        flat.update(flatten(value, f"{prefix} · {key}" if prefix else str(key)))
    return flat
