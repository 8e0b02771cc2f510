"""Estimate which parameters matter for figures of merit and for an output over time."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..merits import parse_condition
from ..numbers import whole
from ..response import Responder
from .dependent import Sample, dependent_contributions, draw_sample
from .designs import BoxDesign
from .error_fields import error_fields
from .evaluate_systems import Evaluation, Progress
from .indices import KINDS, Contributions, Indices, contributions, summarised
from .kept_answers import kept_in
from .populations import Box, Draws, Population
from .quantities import Answers, Quantities, ask
from .scaling import Scaling

if TYPE_CHECKING:
    import xarray as xr
    from distributed import Client

BASE = 1024
LEAST_BASE = 64
ROUNDING = 1e-12  # of the largest value: what differs by less does not vary


def sensitivity(
    responder: Responder,
    of: Sequence[str] = (),
    *,
    over_time: str = "",
    where: str = "",
    draws: "np.ndarray | None" = None,
    base: int = BASE,
    seed: int = 0,
    read: float | None = None,
    linear: bool = False,
    client: "Client | None" = None,
    progress: Progress = lambda done, total: None,
    folder: str | Path | None = None,
) -> "xr.Dataset":
    """Return Sobol indices and Shapley effects of the parameters of a system.

    Parameters are uniform on their scale over their ranges. On the whole box they are independent.
    On a subset, and in a posterior, they depend on each other; see `core.sensitivity.dependent`.
    Where a figure of merit is undefined for some systems, its indices are those of the others.

    Args:
        responder: A model or a system; see `core.response.open_responder`.
        of: Figures of merit. Those that span decades are analysed by their decimal logarithm.
        over_time: Output that is analysed over time too.
        where: Condition that systems must meet, e.g. "peak > 1e-6".
        draws: Draws of a posterior as points of the unit cube of the free parameters, shape
            [draw, parameter]; None for the whole box.
        base: Number of base samples, best a power of two. On the box, d free parameters need
            base·(d + 2) systems, and base·(d − 2) for the Shapley effects, of more than 8
            parameters a quarter of it but for the first 1024 base samples.
        seed: Seed of all draws.
        read: Input at which states are read, in its unit; by default 0.2 of each largest input.
        linear: Whether figures that span decades are analysed as they are.
        client: A dask client, whose workers share the work.
        progress: Called with the numbers of systems asked and expected.
        folder: Where answers are kept until the analysis is done: an interrupted one goes on.

    Returns:
        `first`, `total` and `shapley` over (quantity, parameter); `<index>_sampling`, their
        standard errors by the bootstrap, and `<index>_model`, their standard deviations by the
        error of the model; over `quantity` also `phase`, `scale`, `method`, `share` of systems that
        count, `fixed`, the share of redraws that found no other system, and `variance`.

    Raises:
        DynsurError: A name is unknown or does not apply, a condition is not met by enough systems,
            or a quantity does not vary.
    """
    base, seed = whole("the number of base samples", base, LEAST_BASE), whole("the seed", seed, 0)
    condition = parse_condition(where) if where else None
    quantities = ask(responder, of, over_time=over_time, where=condition, read=read, linear=linear)
    evaluation = Evaluation(quantities, client, progress, kept_in(folder, quantities))
    rows: dict[int, dict[str, Any]] = {}
    if draws is None and condition is None:
        rows = _on_box(quantities, evaluation, base, seed)
    population = _population(draws, quantities)
    method = "subset" if draws is None else "posterior"
    for group in _groups(quantities, evaluation, population, base, seed, set(rows)):
        rows |= _on_subset(quantities, evaluation, population, group, base, seed, method, where)
    return _dataset(quantities, evaluation, rows, {"seed": seed, "base": base, "where": where})


def _population(draws: "np.ndarray | None", quantities: Quantities) -> Population:
    free = [p.name for p in quantities.free]
    if draws is None:
        return Box(len(free))
    population = Draws(draws)
    if np.shape(draws)[1] != len(free):
        raise DynsurError(
            f"draws have a column for each free parameter, {', '.join(free)}; got shape "
            f"{np.shape(draws)}."
        )
    return population


def _on_box(
    quantities: Quantities, evaluation: Evaluation, base: int, seed: int
) -> dict[int, dict[str, Any]]:
    """Return the indices of every quantity that all systems of the box have."""
    design = BoxDesign.drawn(len(quantities.free), base, seed)
    evaluation.expect(len(design.points))
    answers = evaluation(design.points)
    complete = np.all(np.isfinite(answers.values) & answers.inside[:, None], axis=0)
    fields = error_fields(design.points, seed) if answers.shifts.any() else None
    rows = {}
    for j, (name, scaling) in enumerate(_scalings(quantities, answers.values, complete)):
        if complete[j]:
            values, shifts = scaling(answers.values[:, j], answers.shifts[:, j])
            moved = [] if fields is None else [values + field * shifts for field in fields]
            of_all = [contributions(design, y) for y in (values, *moved)]
            found = _summary(of_all, values, seed, name, j >= len(quantities.merits))
            rows[j] = {"indices": found, "method": "box", "share": 1.0, "fixed": 0.0,
                       "scale": scaling.name}  # fmt: skip
    return rows


def _groups(
    quantities: Quantities,
    evaluation: Evaluation,
    population: Population,
    base: int,
    seed: int,
    known: set[int],
) -> list[list[int]]:
    """Return the quantities that are left, those together that the same systems have."""
    left = [j for j in range(len(quantities.names)) if j not in known]
    if not left:
        return []
    pilot = evaluation(population.draw(0, base, seed))
    defined = np.isfinite(pilot.values[pilot.inside])
    groups: dict[bytes, list[int]] = {}
    for j in left:
        groups.setdefault(defined[:, j].tobytes(), []).append(j)
    return list(groups.values())


def _on_subset(
    quantities: Quantities,
    evaluation: Evaluation,
    population: Population,
    group: list[int],
    base: int,
    seed: int,
    method: str,
    where: str,
) -> dict[int, dict[str, Any]]:
    """Return the indices of quantities on the systems that have them and meet the condition."""

    def accept(answers: Answers) -> np.ndarray:
        return answers.inside & np.isfinite(answers.values[:, group]).all(axis=1)

    names = ", ".join(dict.fromkeys(quantities.names[j] for j in group))
    told = " and ".join(filter(None, [where, f"{names} is defined"]))
    count = len(quantities.free)
    evaluation.expect(base * (count + 1))
    sample = draw_sample(population, evaluation, accept, base, seed, told)
    fields = error_fields(sample.points, seed) if sample.all_shifts.any() else None
    usable = np.zeros(len(quantities.names), bool)
    usable[group] = True
    rows = {}
    for j, (name, scaling) in enumerate(_scalings(quantities, sample.all_values, usable)):
        if j in group:
            over_time = j >= len(quantities.merits)
            rows[j] = _of_sample(sample, j, name, over_time, scaling, fields, seed) | {
                "method": method if sample.share < 1.0 or method == "posterior" else "box"
            }
    return rows


def _of_sample(
    sample: Sample,
    j: int,
    name: str,
    over_time: bool,
    scaling: Scaling,
    fields: np.ndarray | None,
    seed: int,
) -> dict[str, Any]:
    values, shifts = scaling(sample.all_values[:, j], sample.all_shifts[:, j])
    moved = [] if fields is None else [values + field * shifts for field in fields]
    found = [dependent_contributions(sample, y) for y in (values, *moved)]
    return {
        "indices": _summary(found, values, seed, name, over_time),
        "share": sample.share,
        "fixed": sample.fixed,
        "scale": scaling.name,
    }


def _scalings(
    quantities: Quantities, values: np.ndarray, usable: np.ndarray
) -> list[tuple[str, Scaling]]:
    """Return the name and the scale of every quantity; that of an output over time is common."""
    count = len(quantities.merits)
    merits = [
        (merit.name, Scaling("log10" if log else "linear"))
        for merit, log in zip(quantities.merits, quantities.logarithmic, strict=True)
    ]
    if not quantities.output:
        return merits
    over_time = Scaling.of_series(values[:, count:][:, usable[count:]])
    labels = [f"{quantities.output} at {phase:.0%} of the time" for phase in quantities.phases]
    return merits + [(label, over_time) for label in labels]


def _summary(
    found: list[Contributions], values: np.ndarray, seed: int, name: str, over_time: bool
) -> Indices:
    """Return indices; those of an instant at which all systems are alike are NaN.

    Values [n] that differ by rounding only are alike.
    """
    if np.ptp(values) > ROUNDING * np.abs(values).max():
        return summarised(found[0], found[1:], seed)
    if not over_time:
        raise DynsurError(f"'{name}' is the same for all systems; there is no variance to explain.")
    unknown = np.full(found[0].total.shape[1], np.nan)
    return Indices(unknown, unknown, unknown, np.stack([unknown] * 3), np.stack([unknown] * 3), 0.0)


def _dataset(
    quantities: Quantities,
    evaluation: Evaluation,
    rows: dict[int, dict[str, Any]],
    attrs: dict[str, Any],
) -> "xr.Dataset":
    import xarray as xr

    order = range(len(quantities.names))
    dims = ("quantity", "parameter")
    columns: dict[str, Any] = {}
    for k, kind in enumerate(KINDS):
        indices = [rows[j]["indices"] for j in order]
        columns[kind] = (dims, np.stack([getattr(i, kind) for i in indices]), {"units": "1"})
        for error in ("sampling", "model"):
            values = np.stack([getattr(i, error)[k] for i in indices])
            columns[f"{kind}_{error}"] = (dims, values, {"units": "1"})
    columns["variance"] = ("quantity", [rows[j]["indices"].variance for j in order])
    for name in ("method", "scale", "share", "fixed"):
        columns[name] = ("quantity", [rows[j][name] for j in order])
    phases = [np.nan] * len(quantities.merits) + list(quantities.phases)
    responder = quantities.responder
    evaluation.finish()
    return xr.Dataset(
        columns,
        coords={
            "quantity": quantities.names,
            "parameter": [p.name for p in quantities.free],
            "phase": ("quantity", phases, {"units": "1", "long_name": "share of the duration"}),
        },
        attrs={
            "title": f"Sensitivity of {responder.simulator.name}",
            "system": responder.simulator.name,
            "asked": responder.name,
            "answers_by": "simulation" if responder.surrogate is None else "model",
            "systems": evaluation.done,
            "unfamiliar": evaluation.unfamiliar,
            **attrs,
        },
    )
