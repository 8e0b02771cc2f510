"""What a reader must know of a run: where its surrogate falls short, and what helps."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .formatting import count, duration, number, percent
from .labels import RAISED

PROBLEMS = 3  # of one kind that are told
FEW_CURVES = 30  # held-out curves below which a median is uncertain
TIE = 0.02  # relative difference of two errors that counts as none
FAILED_SHARE = 0.01  # of simulations, above which it is said
BAND_TOLERANCE = 0.03  # of the share of points that a band holds, beside what chance explains
SIZE_SHARE, SIZE_MISSED = 0.02, 0.2  # share of the points, and lack of coverage, that is said
LOOPS_KEPT = 0.9  # share of the open loops below which it is said
COARSE = 0.1  # nRMSE above which a curve is wrong for most uses
TAIL = 5.0  # ratio of the 95th percentile to the median above which a tail is heavy
OFF_DECADES = 0.3  # log error above which small values are off by a factor of two
STILL_LEARNING = 0.97  # share of the epochs after which a best epoch means an unfinished training


@dataclass(frozen=True)
class Finding:
    """A shortcoming of a surrogate.

    Args:
        problem: What is wrong, in a sentence.
        advice: What to do about it, in a sentence.
    """

    problem: str
    advice: str


@dataclass(frozen=True)
class Judged:
    """What is known of a run.

    Args:
        metrics: The content of metrics.json.
        names: Long names of the outputs, by output.
        history: The rows of history.json.
        counts: Number of simulations by status; see `tables.counts`.
        reasons: Reasons of failures with their number, the most frequent first.
        setup: The setup in run.json.
        description: The system in words.
        variables: Inputs and outputs with their ranges; see `tables.variables`.
    """

    metrics: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    reasons: Sequence[tuple[str, int]] = ()
    setup: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    variables: Sequence[Mapping[str, Any]] = ()

    @property
    def outputs(self) -> dict[str, Mapping[str, Any]]:
        """The model's metrics by output."""
        model = self.metrics.get("model", {})
        return {name: m for name, m in model.items() if isinstance(m, Mapping) and "nrmse" in m}

    @property
    def is_recorded(self) -> bool:
        """Whether the model was judged on pieces of records, not on simulations."""
        return self.metrics.get("split", {}).get("by") == "piece"

    def name(self, output: str) -> str:
        """Return an output in words."""
        return self.names.get(output, output)


def findings(judged: Judged) -> list[Finding]:
    """Return what falls short in a run, the gravest first."""
    return [finding for rule in RULES for finding in rule(judged)]


def by_advice(found: Sequence[Finding]) -> list[Finding]:
    """Join the problems, e.g. of several outputs, that the same advice is for."""
    joined: dict[str, list[str]] = {}
    for finding in found:
        joined.setdefault(finding.advice, []).append(finding.problem)
    return [Finding(_few_of(problems), advice) for advice, problems in joined.items()]


def _few_of(problems: list[str]) -> str:
    """Join problems of one kind; of many outputs three stand for all."""
    more = len(problems) - PROBLEMS
    told = problems if more <= 0 else [*problems[:PROBLEMS], f"And {more} more like these."]
    return " ".join(told)


def median_of(metrics: Mapping[str, Any], name: str, which: str = "median") -> float | None:
    """Return a summarised metric; None where no curve has it."""
    value = metrics.get(name, {})
    return value.get(which) if isinstance(value, Mapping) else None


def _beaten(judged: Judged) -> Iterator[Finding]:
    for output, metrics in judged.outputs.items():
        own = median_of(metrics, "nrmse")
        for baseline, guesses in judged.metrics.get("baselines", {}).items():
            other = median_of(guesses.get(output, {}), "nrmse")
            if own is None or other is None or other > (1.0 + TIE) * own:
                continue
            better = "better than" if other < (1.0 - TIE) * own else "as good as"
            yield Finding(
                f"The {baseline} is {better} the model: their median errors of the "
                f"{judged.name(output)} are {percent(other)} and {percent(own)} of a curve's span.",
                RECORD_MORE if judged.is_recorded else _instead_of(baseline),
            )


RECORD_MORE = (
    "Do not use this model: train longer (--epochs), with more windows (a smaller "
    "--set dataset.window) or on more records, or choose another model."
)


def _instead_of(baseline: str) -> str:
    if baseline in ("training mean", "nearest neighbour"):
        return (
            "Do not use this model: simulate more (--samples), train longer (--epochs), or choose "
            "another model (`dynsur plugins` lists them)."
        )
    return f"Use the {baseline} itself, or train on more simulations until the model adds to it."


def _loops_lost(judged: Judged) -> Iterator[Finding]:
    for output, metrics in judged.outputs.items():
        loops = metrics.get("loops") or {}
        if loops.get("n") and loops["kept"] < LOOPS_KEPT * loops["n"]:
            lost = loops["n"] - loops["kept"]
            yield Finding(
                f"{lost} of {count(loops['n'], 'open loop')} of the {judged.name(output)} are "
                "lost: the predicted area is off by more than half.",
                "Do not read hysteresis off this model before it has learnt from more hysteretic "
                "systems: give more --samples, or narrow the ranges to where loops open.",
            )


def _wide_errors(judged: Judged) -> Iterator[Finding]:
    for output, metrics in judged.outputs.items():
        middle, high = (median_of(metrics, "nrmse", which) for which in ("median", "p95"))
        if middle is None or high is None or high < COARSE:
            continue
        name = judged.name(output)
        if middle >= COARSE:
            problem = f"Half of the curves of the {name} are off by {percent(middle)} or more."
        elif high > TAIL * middle:
            problem = (
                f"One curve of the {name} in twenty is off by {percent(high)} of its span or more."
            )
        else:
            continue
        yield Finding(
            problem,
            "Look at the worst curves below."
            if judged.is_recorded
            else "Look at the worst curves below, and check with `dynsur simulate` what matters.",
        )


def _small_values(judged: Judged) -> Iterator[Finding]:
    for output, metrics in judged.outputs.items():
        error = median_of(metrics, "log_error")
        if error is not None and error > OFF_DECADES and _spans_decades(metrics):
            yield Finding(
                f"Values of the {judged.name(output)} are off by a factor of "
                f"{number(10.0**error, 2)} in the median.",
                "Use the model for orders of magnitude only.",
            )


def _spans_decades(metrics: Mapping[str, Any]) -> bool:
    return bool((metrics.get("floor_curves") or {}).get("n"))


def _bands_off(judged: Judged) -> Iterator[Finding]:
    for output, bands in judged.metrics.get("bands", {}).items():
        wanted, held = bands["nominal"], bands["all"]
        tolerance = _tolerance(judged, wanted)
        more = "longer records" if judged.is_recorded else "more --samples"
        if held < wanted - tolerance:
            yield Finding(
                f"The {percent(wanted)} bands of the {judged.name(output)} hold only "
                f"{percent(held)} of the held-out points: they are too narrow.",
                f"Take the bands as a lower limit of the error; {more} calibrate them better.",
            )
        elif held > wanted + tolerance:
            yield Finding(
                f"The {percent(wanted)} bands of the {judged.name(output)} hold {percent(held)} of "
                "the held-out points: they are wider than they need to be.",
                f"Take the bands as an upper limit; {more} calibrate them better.",
            )
        else:
            yield from _sizes_missed(judged.name(output), bands)


def _tolerance(judged: Judged, share: float) -> float:
    """Return by how much a coverage may differ, since whole curves lie inside or outside."""
    return BAND_TOLERANCE + math.sqrt(share * (1.0 - share) / max(1, judged.metrics.get("n", 1)))


def _sizes_missed(name: str, bands: Mapping[str, Any]) -> Iterator[Finding]:
    """Name the sizes whose points a band misses, though it holds its share of all."""
    total = sum(row["n"] for row in bands["by_size"].values())
    missed = {
        int(size): row["covered"]
        for size, row in bands["by_size"].items()
        if row["n"] > SIZE_SHARE * total and row["covered"] < bands["nominal"] - SIZE_MISSED
    }
    if missed:
        worst = min(missed, key=lambda size: missed[size])
        where = (
            f"about 10{str(worst).translate(RAISED)}"
            if bands.get("scale", "log") != "linear"
            else f"of {10 * worst} to {10 * worst + 10} % of the largest"
        )
        yield Finding(
            f"The bands hold their share of all points, but of values {where} of the {name} only "
            f"{percent(missed[worst])}.",
            "Do not rely on the bands there; the chart of the bands shows every size.",
        )


def _failed(judged: Judged) -> Iterator[Finding]:
    counts = {name: n for name, n in judged.counts.items() if name not in ("ok", "missing")}
    failed, total = sum(counts.values()), sum(judged.counts.values())
    if total and failed > FAILED_SHARE * total:
        why = f", most often because of: {judged.reasons[0][0]}" if judged.reasons else ""
        yield Finding(
            f"{failed} of {count(total, 'simulation')} did not finish{why.rstrip('.')}.",
            "Where they fail the model has learnt nothing. Narrow the ranges, raise --time-limit, "
            "or run again with --retry-failed.",
        )


def _left_out(judged: Judged) -> Iterator[Finding]:
    parts = judged.metrics.get("split", {})
    used = sum(parts.get(name, 0) for name in ("train", "validation", "test"))
    finished = judged.counts.get("ok", 0)
    if judged.is_recorded:
        return
    if not {"train", "validation", "test"} <= parts.keys() or used >= finished:
        return
    why = (
        "the coarse solve from which the model starts fails for them"
        if judged.metrics.get("base") == "coarse"
        else "the dataset takes no part of them"
    )
    yield Finding(
        f"{finished - used} of {count(finished, 'finished simulation')} were left out: {why}.",
        "The errors say nothing of such systems, and the model does not predict them; simulate "
        "them instead.",
    )


def _few(judged: Judged) -> Iterator[Finding]:
    held_out = judged.metrics.get("n")
    if held_out is not None and held_out < FEW_CURVES and not judged.is_recorded:
        yield Finding(
            f"These figures rest on {count(held_out, 'held-out simulation')} only.",
            "Give more --samples before you rely on them.",
        )


def _unfinished(judged: Judged) -> Iterator[Finding]:
    if len(judged.history) < 2:
        return
    losses = [row["validation"] for row in judged.history]
    best = losses.index(min(losses)) + 1
    if best > STILL_LEARNING * len(losses):
        yield Finding(
            f"The training ended while it still improved: epoch {best} of {len(losses)} was the "
            "best.",
            f"Train longer, e.g. with --epochs {2 * len(losses)} and another --out.",
        )


def _slow(judged: Judged) -> Iterator[Finding]:
    times = judged.metrics.get("seconds_per_curve", {})
    simulated = times.get("simulation, alone") or times.get("simulation, median")
    if (alone := times.get("surrogate, one curve")) and simulated and alone > simulated:
        yield Finding(
            f"For a single system the solver is faster: it takes {duration(simulated)}, the model "
            f"{duration(alone)}.",
            "Use the model for many systems at once, or for what the solver does not give, such as "
            "derivatives.",
        )


RULES: tuple[Callable[[Judged], Iterator[Finding]], ...] = (
    _beaten, _loops_lost, _wide_errors, _small_values, _bands_off, _failed, _left_out, _few,
    _unfinished, _slow,
)  # fmt: skip
