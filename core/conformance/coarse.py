"""Check of the coarse version that a simulator offers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..systems.bases import REASON
from ..systems.capabilities import coarse_of
from ..systems.simulator import Simulator
from .expect import expect
from .trajectories import finished

if TYPE_CHECKING:
    import xarray as xr

INSTANTS = 16
# How far a typical coarse curve may be off, relative to the distance to another sample's curve;
# only an accurate one may disregard the parameters, since they may act on the drive alone.
NEAR, ACCURATE = 1.0, 0.05

Rows = dict[str, np.ndarray]


def knows_its_coarse_version(simulator: Simulator) -> None:
    """`coarse`, if it has one, gives every output at any instants, or says why it has none.

    Each sample's result is that of its own parameters, whatever shares the batch. Most coarse
    curves are nearer to their own simulations than these are to another sample's.
    """
    coarse = coarse_of(simulator)
    if coarse is None:
        return
    samples = list(finished(simulator))
    if not samples:  # another check's business
        return
    columns = {n: np.array([p[n] for p, _ in samples]) for n in simulator.space.names}
    series = {v.name: _stacked(samples, v.name) for v in simulator.inputs}
    time = _stacked(samples, "time")
    chosen = _places(time.shape)
    wanted = np.take_along_axis(time, chosen, axis=1)
    whole = _rows(simulator, coarse(columns, series, time, wanted), wanted.shape)
    _tells_what_fails(simulator, whole)
    last = [{n: v[-1:] for n, v in given.items()} for given in (columns, series)]
    one = _rows(simulator, coarse(*last, time[-1:], wanted[-1:]), wanted[-1:].shape)
    ordered = np.sort(wanted, axis=1)
    sorted_rows = _rows(simulator, coarse(columns, series, time, ordered), wanted.shape)
    order = np.argsort(wanted, axis=1)
    others = {name: np.roll(column, 1) for name, column in columns.items()}
    moved = _rows(simulator, coarse(others, series, time, wanted), wanted.shape)
    both = (moved[REASON] == "") & (whole[REASON] == "")
    is_deaf = all(_same(moved[v.name][both], whole[v.name][both]) for v in simulator.outputs)
    for v in simulator.outputs:
        expect(_same(one[v.name], whole[v.name][-1:]), f"coarse '{v.name}' mixes samples")
        expect(
            _same(sorted_rows[v.name], np.take_along_axis(whole[v.name], order, axis=1)),
            f"coarse '{v.name}' depends on the order of the wanted instants; a row of `wanted` may "
            "have any order",
        )
        curves = np.take_along_axis(_stacked(samples, v.name), chosen, axis=1)
        _is_near(v.name, whole[v.name], curves, ACCURATE if is_deaf else NEAR)


def _stacked(samples: "Sequence[tuple[Mapping[str, float], xr.Dataset]]", name: str) -> np.ndarray:
    return np.stack([data[name].values for _, data in samples])


def _places(shape: tuple[int, int]) -> np.ndarray:
    """Return places of recorded instants in any order, others in each row, [sample, instant]."""
    generator = np.random.default_rng(0)
    return np.stack([generator.permutation(shape[1])[:INSTANTS] for _ in range(shape[0])])


def _rows(simulator: Simulator, found: Mapping[str, Any], shape: tuple[int, int]) -> Rows:
    """Return the outputs and the reasons of a coarse solve; expect their shapes."""
    rows: Rows = {}
    for v in simulator.outputs:
        expect(v.name in found, f"coarse does not return '{v.name}'")
        rows[v.name] = np.asarray(found[v.name], float)
        got = rows[v.name].shape
        expect(got == shape, f"coarse '{v.name}' has shape {got}; expected {shape}")
    reasons = np.asarray(found.get(REASON, np.full(shape[0], "")), dtype=object)
    expect(
        reasons.shape == shape[:1],
        f"coarse '{REASON}' has shape {reasons.shape}; expected {shape[:1]}",
    )
    return {**rows, REASON: reasons}


def _tells_what_fails(simulator: Simulator, rows: Rows) -> None:
    """Expect finite outputs, or NaN with a reason."""
    failed = rows[REASON] != ""
    for v in simulator.outputs:
        finite = np.isfinite(rows[v.name])
        expect(finite[~failed].all(), f"coarse '{v.name}' is not finite and no reason says why")
        nothing = np.isnan(rows[v.name][failed]).all()
        expect(nothing, f"coarse '{v.name}' of a failed sample is not NaN throughout")


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    size = np.nanmax(np.abs(other), initial=0.0)
    return np.allclose(one, other, rtol=1e-9, atol=1e-12 * size, equal_nan=True)


def _is_near(name: str, coarse: np.ndarray, curves: np.ndarray, allowed: float) -> None:
    """Expect most coarse curves to be near to their own simulations."""
    off = np.sqrt(np.mean((coarse - curves) ** 2, axis=1))
    apart = np.sqrt(np.mean((np.roll(curves, 1, axis=0) - curves) ** 2, axis=1))
    told = np.isfinite(off) & (apart > 1e-6 * np.abs(curves).max(axis=1))
    if not told.any():
        return
    share = float(np.median(off[told] / apart[told]))
    expect(
        share <= allowed,
        f"coarse '{name}' is off its own simulation by {share:.2g} of the distance to another "
        f"sample's; expected at most {allowed:g}; does it use each sample's parameters?",
    )
