"""Say in whole sentences what was learnt, how good it is, and how fast."""

from collections.abc import Iterator, Mapping
from typing import Any

from .findings import Judged, findings, median_of
from .formatting import (
    count,
    duration,
    listed,
    number,
    percent,
    quantity,
    relative,
    times_faster,
)

BASES = {
    "coarse": "It starts from a coarse solve of the same system and learns the departure from it.",
    "closed-form": "It starts from a closed form of the system and learns the departure from it.",
}
MANY = 4  # outputs up to which all are shown
TOLD = ("set_voltage", "reset_voltage", "on_off_ratio")  # figures of merit that are read off plots


def headline(metrics: Mapping[str, Any]) -> list[str]:
    """Return the accuracy of a surrogate in a line for each output, and a line of warning.

    Args:
        metrics: The content of metrics.json.
    """
    judged = Judged(metrics)
    lines = [_accuracy(output, judged.outputs[output]) for output in shown_outputs(judged)]
    grave = [finding.problem for finding in findings(judged)]
    more = f" And {len(grave) - 1} more, see the report." if len(grave) > 1 else ""
    return [*lines, *([f"But: {grave[0]}{more}"] if grave else [])]


def _accuracy(output: str, metrics: Mapping[str, Any]) -> str:
    error, free = metrics["nrmse"], metrics.get("rmse")
    if free is not None:
        return f"{output}: RMSE {number(free['all'], 4)} {free['units']} in free run."
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


def learnt(judged: Judged) -> list[str]:
    """Say what was learnt from what."""
    metrics, setup = judged.metrics, judged.setup
    system = judged.description or str(metrics.get("system", "the system"))
    if not metrics:
        return [f"These are data of {system}. No model has been judged on them yet."]
    network = setup.get("model", {}).get("name", "")
    parts = metrics.get("split", {})
    few = [judged.name(output) for output in judged.outputs]
    outputs = f"{len(few)} outputs" if len(few) > MANY else listed(few) or "outputs"
    learner = f"The network {network}" if network else "A model"
    sentences = [f"{learner} learnt the {outputs} of this system: {system}."]
    if "train" in parts and judged.is_recorded:
        sentences.append(
            f"It was fitted to {count(parts['train'], 'window')} of recordings, and the "
            f"{count(parts['validation'], 'piece')} of the validation part chose the best epoch "
            f"and the bands."
        )
    elif "train" in parts:
        sentences.append(
            f"It was fitted to {count(parts['train'], 'simulation')}, and "
            f"{parts.get('validation', 0):,} more chose the best epoch and the bands."
        )
    base = BASES.get(metrics.get("base", ""))
    held_out = metrics.get("n")
    if held_out is not None:
        what = "piece of records" if judged.is_recorded else "simulation"
        told = count(held_out, what, "pieces of records" if judged.is_recorded else "")
        last = f"What follows was measured on {told} that it never saw."
        return [*sentences, *filter(None, [base]), last]
    return [*sentences, *filter(None, [base])]


def accuracy(judged: Judged) -> list[str]:
    """Say how good the predictions are, a paragraph for each output that is shown."""
    shown = shown_outputs(judged)
    paragraphs = [" ".join(_of_output(judged, o, judged.outputs[o])) for o in shown]
    return [*_of_many(judged), *paragraphs]


def shown_outputs(judged: Judged) -> list[str]:
    """Return the outputs to show: all, or of many the best, the middle and the two worst."""
    known = {o: m["nrmse"]["median"] for o, m in judged.outputs.items() if m["nrmse"]["n"]}
    if len(judged.outputs) <= MANY:
        return list(judged.outputs)
    order = sorted(known, key=lambda output: known[output])
    return list(dict.fromkeys([order[0], order[len(order) // 2], *order[-2:]])) if order else []


def _of_many(judged: Judged) -> list[str]:
    shown = shown_outputs(judged)
    if len(judged.outputs) <= MANY or not shown:
        return []
    best, worst = shown[0], shown[-1]
    errors = (percent(judged.outputs[o]["nrmse"]["median"]) for o in (best, worst))
    return [
        f"There are {len(judged.outputs)} outputs. Their median errors lie between {next(errors)} "
        f"({judged.name(best)}) and {next(errors)} ({judged.name(worst)}) of a curve's span. Those "
        "shown are the best, the middle and the two worst."
    ]


def _of_output(judged: Judged, output: str, metrics: Mapping[str, Any]) -> Iterator[str]:
    name, error = judged.name(output), metrics["nrmse"]
    if not error["n"]:
        yield f"No held-out {name} rises above the floor of {number(judged.metrics.get('floor'))}."
        return
    if free := metrics.get("rmse"):
        yield (
            f"In free run over whole pieces the {name} is off by {number(free['all'], 4)} "
            f"{free['units']} (RMSE), without the first {judged.metrics['washout']} samples, in "
            "which the model finds its state."
        )
    yield (
        f"A predicted curve of the {name} is off by {percent(error['median'])} of its span, the "
        f"median of {count(error['n'], 'curve')}; 95 % of the curves are off by less than "
        f"{percent(error['p95'])}."
    )
    peak = median_of(metrics, "peak_error")
    if peak is not None:
        yield f"Its peak is off by {percent(peak)}."
    yield from _loops(metrics)
    yield from _merits(judged, output)
    yield from _floor(metrics)
    nearest = judged.metrics.get("baselines", {}).get("nearest neighbour", {}).get(output, {})
    other = median_of(nearest, "nrmse")
    if other is not None and other > error["median"]:
        yield f"The most similar simulation of the training would be off by {percent(other)}."


def _loops(metrics: Mapping[str, Any]) -> Iterator[str]:
    loops = metrics.get("loops") or {}
    if loops.get("n"):
        area = percent(median_of(metrics, "loop_area_error"))
        kept = {loops["n"]: "all", 0: "none"}.get(loops["kept"], str(loops["kept"]))
        yield (
            f"Of {count(loops['n'], 'curve')} with an open loop, {kept} keep it, that is its area "
            f"to within a half; the area is off by {area} in the median."
        )
    elif "loops" in metrics:
        yield "No held-out curve has an open loop."


def _floor(metrics: Mapping[str, Any]) -> Iterator[str]:
    below = metrics.get("floor_curves") or {}
    if below.get("n"):
        yield (
            f"{count(below['n'], 'more curve')} stay{'s' if below['n'] == 1 else ''} below the "
            f"floor, and {below['predicted_below']} of them are predicted below it."
        )


def _merits(judged: Judged, output: str) -> Iterator[str]:
    known = judged.metrics.get("merits", {}).get("of", {})
    told = [merit for name in TOLD if (merit := known.get(f"{output}_{name}")) and merit["n"]]
    if told and output == shown_outputs(judged)[0]:  # those of the others are in the table
        off = [f"the {m['long_name']} by {error_text(m, m['error']['median'])}" for m in told]
        off[0] = off[0].replace(" by ", " is off by ", 1)
        yield f"In the median, {listed(off)}."


def error_text(merit: Mapping[str, Any], error: float | None) -> str:
    """Return the error of a figure of merit: in percent where it spans decades, else in its unit.

    >>> error_text({"scale": "log", "units": "ohm"}, 0.01)
    '2.3 %'
    >>> error_text({"scale": "linear", "units": "V"}, 0.012)
    '0.012 V'
    """
    if error is None:
        return "–"
    if merit["scale"] == "log":
        return relative(error)
    return quantity(float(f"{error:.1e}"), merit["units"])


def speed(judged: Judged) -> str:
    """Say how fast predictions are beside simulations; "" where that was not measured."""
    times = judged.metrics.get("seconds_per_curve", {})
    alone, simulated = times.get("surrogate, one curve"), times.get("simulation, median")
    batches = {k: v for k, v in times.items() if k.startswith("surrogate, batch of")}
    if not alone or not simulated:
        return ""
    one = times.get("simulation, alone")  # where simulations come in batches too
    text = (
        f"A simulation takes {duration(one or simulated)}{'' if one else ' in the median'} and a "
        f"single prediction {duration(alone)}: predicting is "
        f"{times_faster(one or simulated, alone)}."
    )
    in_batch = f" and a simulation {duration(simulated)}" if one else ""
    for key, seconds in batches.items():
        size = key.rpartition(" ")[2]
        text += (
            f" In a batch of {size} a prediction takes {duration(seconds)}{in_batch}, which is "
            f"{times_faster(simulated, seconds)}."
        )
    return text


def limits(judged: Judged) -> str:
    """Say where the training ended, and that errors grow outside of it."""
    drives = [
        f"{v['long_name']} from {number(float(v['low']))} to "
        f"{number(float(v['high']))} {v['units']}"
        for v in judged.variables
        if v["role"] == "input"
    ]
    drive = f" Drives of the training: {listed([d.strip() for d in drives])}." if drives else ""
    return (
        "Errors grow outside of the ranges of the parameters and under drives of other shapes, "
        f"sizes and lengths than those of the training; predictions there are marked.{drive}"
    )
