"""The fit of every member of a state equation: from linear models on, step by step."""

import copy
import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.linalg import LinAlgError
from threadpoolctl import threadpool_limits

from .levenberg_marquardt import (
    EASED,
    LEAST,
    RAISED,
    TRIALS,
    Records,
    damped_step,
    normal_equations,
    settled_error,
    squared_error,
)
from .linear_start import Linear, linear_equations, states_of
from .module import SYMBOLS, Network, inputs
from .rectified import fold, signed
from .weights import arrays, put, split

if TYPE_CHECKING:
    from dynsur.core import Split

LINEAR = ("A", "B", "C", "D", "d", "X")  # what is fitted before the units join in
LINEAR_STEPS = 20
FIRST_DAMPING = 1e-2
RESOLVED = 1e-14  # mean squared error of encoded outputs, which are float32
STALLED, PATIENCE = 1e-4, 5  # relative gain below which a step does not count, and how often


class Fit:
    """Fits the members of a network; an epoch is one step of each.

    Args:
        members: The networks. Each is given the weights of its own best step on the validation
            part; the steps go on from copies.
        train: The records that are fitted.
        validation: Those by which the best step is chosen.
        ridge: Weight of the squared weights beside the mean squared error.
        own_starts: Whether each record has its own x_0.
        integrating: Whether the last states are running sums, one for each output.
        ahead: Whether inputs are straight between samples; see `StateEquation`.
        keeps_last: Whether each is given the weights of its last step instead.
    """

    def __init__(
        self,
        members: list[Network],
        train: "Split",
        validation: "Split",
        ridge: float,
        *,
        own_starts: bool,
        integrating: bool,
        ahead: bool = False,
        keeps_last: bool = False,
    ) -> None:
        self.keeps_last = keeps_last
        self.members, self.ridge = copy.deepcopy(members), ridge
        self.kept, self.best = members, [np.inf for _ in members]
        self.sums = train.target.shape[2] if integrating else 0
        sizes = [len(member.A) if own_starts else 0 for member in members]
        self.records = [_records(train, size, ahead) for size in sizes]
        self.held = [_records(validation, size, ahead) for size in sizes]
        # A constant input says what c and d say, and two that say the same delay every step.
        u, scalars = self.records[0].u, self.records[0].scalars
        self.idle = np.zeros(u.shape[2], bool)
        self.idle_scalars = np.zeros(scalars.shape[1], bool)
        if not own_starts:
            self.idle = np.ptp(u, axis=(0, 1)) == 0
            self.idle_scalars[1:] = np.ptp(scalars[:, 1:], axis=0) == 0
        self._known, self._known_held = known(self.records[0]), known(self.held[0])
        self.damping = [0.0 for _ in members]  # 0: not begun
        self.stalled = [0 for _ in members]

    def step(self) -> tuple[float, float]:
        """Move every member by one step; return the mean squared errors of both parts."""
        with threadpool_limits(1, user_api="blas"):  # these matrices are too small for threads
            if not all(self.damping):
                self._begin()
            costs = [self._advance(i) for i in range(len(self.members))]
            for i, (member, records) in enumerate(zip(self.members, self.held, strict=True)):
                error = settled_error(*arrays(member), records)
                if error < self.best[i] or (self.keeps_last and np.isfinite(error)):
                    self.best[i] = error
                    self.kept[i].load_state_dict(member.state_dict())
        held = float(np.mean(self.best)) / self._known_held
        return float(np.mean(costs)) / self._known, held

    @property
    def finished(self) -> bool:
        """Whether no member gains anything from further steps."""
        return all(count >= PATIENCE for count in self.stalled)

    def state_dict(self) -> dict[str, Any]:
        """Return what the next step depends on beside the kept weights, as an optimiser does."""
        state = {}
        for i, member in enumerate(self.members):
            state[i] = {
                "damping": torch.tensor(self.damping[i], dtype=torch.float64),
                "best": torch.tensor(self.best[i], dtype=torch.float64),
                "stalled": torch.tensor(self.stalled[i]),
                **{f"member.{name}": tensor for name, tensor in member.state_dict().items()},
            }
            for name, records in (("starts", self.records[i]), ("held", self.held[i])):
                if records.own is not None:
                    state[i][name] = torch.from_numpy(records.own)
        return {"state": state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up what `state_dict` returned."""
        for i, entries in state["state"].items():
            self.damping[int(i)] = float(entries["damping"])
            self.best[int(i)] = float(entries["best"])
            self.stalled[int(i)] = int(entries["stalled"])
            weights = {n.removeprefix("member."): t for n, t in entries.items() if "member." in n}
            self.members[int(i)].load_state_dict(weights)
            for name, records in (("starts", self.records[int(i)]), ("held", self.held[int(i)])):
                if name in entries:
                    records.own = entries[name].double().numpy().copy()

    def _begin(self) -> None:
        """Set all members to the linear equation that is best in free run."""
        first = self.members[0]
        self._still(first)
        records = self.records[0]
        best, values, own = self._linear(first, records)
        u = np.where(self.idle, 0.0, records.u)
        moduli = signed(u, records.y) if first.idle and not self.sums else None
        if moduli is not None:
            unfolded = self._linear(first, dataclasses.replace(records, y=moduli.y))
            if unfolded[0] < best:
                _, values, own = unfolded
            else:
                moduli = None
        for i, member in enumerate(self.members):
            with torch.no_grad():
                self._still(member)
                for name, value in (values or {}).items():
                    getattr(member, name).copy_(value)
                if moduli is not None:
                    fold(member, moduli)
            if own is not None:
                self.records[i].own = own.copy()
                self.held[i].own = np.tile(own.mean(axis=0), (len(self.held[i].u), 1))
            self.damping[i] = FIRST_DAMPING

    def _linear(
        self, first: Network, records: Records
    ) -> tuple[float, dict[str, torch.Tensor] | None, np.ndarray | None]:
        """Return the error, weights and own starts of the best linear equation in free run."""
        best, cost, values, own = np.inf, np.inf, None, None
        u = np.where(self.idle, 0.0, records.u)
        for linear in linear_equations(u, records.y, len(first.A), self.sums):
            B, D = (np.where(self.idle, 0.0, weight) for weight in (linear.B, linear.D))
            if not set_linear(first, dataclasses.replace(linear, B=B, D=D), records):
                continue
            damping = FIRST_DAMPING
            for _ in range(LINEAR_STEPS):
                cost, damping, gain = self._stepped(first, records, damping, LINEAR)
                if gain < STALLED:
                    break
            if cost < best:
                best, own = cost, None if records.own is None else records.own.copy()
                values = {name: getattr(first, name).detach().clone() for name in LINEAR}
        return best, values, own

    @torch.no_grad()
    def _still(self, member: Network) -> None:
        """Take the tanh units and idle inputs out, and running sums out of the units."""
        member.W.zero_()
        member.w.zero_()
        for weight in (member.B, member.D, member.V, member.F):
            weight[:, self.idle] = 0.0
        member.X[:, self.idle_scalars] = 0.0
        if self.sums:
            member.M[:, -self.sums :] = 0.0

    def _advance(self, i: int) -> float:
        if self.stalled[i] >= PATIENCE:
            return squared_error(*arrays(self.members[i]), self.records[i])
        cost, self.damping[i], gain = self._stepped(
            self.members[i], self.records[i], self.damping[i], (*SYMBOLS, "X")
        )
        resolved = cost < RESOLVED * self._known
        self.stalled[i] = self.stalled[i] + 1 if gain < STALLED or resolved else 0
        with torch.no_grad():
            self.members[i].noise.fill_(cost / self._known)
            if (own := self.records[i].own) is not None:
                self.members[i].X[:, 0] = torch.from_numpy(own.mean(axis=0))
        return cost

    def _free(
        self, symbol: str, like: np.ndarray, member: Network, symbols: tuple[str, ...]
    ) -> np.ndarray:
        """Return which weights of a kind are fitted; running sums count in outputs only."""
        free = np.full(like.shape, symbol in symbols)
        if member.used > len(member.e) - member.idle and symbol in ("w", "E", "F", "e"):
            out = (member.w == 0.0).all(dim=0).numpy()  # those of an output that is no modulus
            out[: -member.idle] = False
            free[(slice(None), out) if symbol == "w" else out] = False
        if self.sums and symbol in ("A", "M"):
            free[:, -self.sums :] = False
        if symbol in ("B", "D", "V", "F"):
            free[:, self.idle] = False
        if symbol == "X":
            free[:, self.idle_scalars] = False
        return free

    def _stepped(
        self, member: Network, records: Records, damping: float, symbols: tuple[str, ...]
    ) -> tuple[float, float, float]:
        """Make one step that lowers the penalised error; return it, the damping and the gain."""
        weights, X = arrays(member)
        normal = normal_equations(weights, X, records)
        values = np.concatenate([a.ravel() for a in (*weights, X)])
        pieces = zip((*SYMBOLS, "X"), (*weights, X), strict=True)
        free = np.concatenate([self._free(s, a, member, symbols).ravel() for s, a in pieces])
        ridge = np.full(len(values), self.ridge * self._known)
        now = normal.cost + float(ridge @ values**2)
        normal.gradient, normal.matrix = normal.gradient[free], normal.matrix[np.ix_(free, free)]
        normal.own = [(g, own, coupled[free]) for g, own, coupled in normal.own]
        for _ in range(TRIALS):
            try:
                step, starts = damped_step(normal, ridge[free], values[free], damping)
            except LinAlgError:
                damping *= RAISED
                continue
            trial = values.copy()
            trial[free] += step
            own = None if records.own is None else records.own + starts
            pieces = split(trial, (*weights, X))
            moved = dataclasses.replace(records, own=own)
            cost = squared_error(tuple(pieces[:-1]), pieces[-1], moved)
            if cost + float(ridge @ trial**2) < now:
                put(member, pieces)
                records.own = own
                gain = 1.0 - (cost + float(ridge @ trial**2)) / now
                return cost, max(LEAST, EASED * damping), gain
            damping *= RAISED
        return normal.cost, damping, 0.0


def known(records: Records) -> int:
    """Return how many values of the outputs are known."""
    return max(1, int(np.isfinite(records.y).sum()))


def _records(part: "Split", own: int, ahead: bool) -> Records:
    """Return a part of the data as records, with own starts of that size unless it is 0."""
    series, parameters = torch.from_numpy(part.series), torch.from_numpy(part.parameters)
    scalars = 2.0 * part.parameters.astype(float) - 1.0
    return Records(
        inputs(series, parameters, ahead).contiguous().numpy(),
        part.target.astype(float),
        np.hstack([np.ones((len(part), 1)), scalars]),
        np.zeros((len(part), own)) if own else None,
        ahead,
    )


@torch.no_grad()
def set_linear(member: Network, linear: Linear, records: Records) -> bool:
    """Set a member to a linear equation whose states have size 1; False if it is unstable."""
    x = states_of(linear, records.u)
    size = x.std(axis=(0, 1)) if np.isfinite(x).all() else np.full(len(linear.A), np.inf)
    if not np.isfinite(size).all() or size.max() > 1e6:
        return False
    size = np.where(size > 1e-9 * size.max(), size, 1.0)
    found: dict[str, np.ndarray] = {
        "A": linear.A * size / size[:, None],
        "B": linear.B / size[:, None],
        "C": linear.C * size,
        "D": linear.D,
        "d": linear.d,
        "X": np.zeros(member.X.shape),
    }
    for name, value in found.items():
        getattr(member, name).copy_(torch.from_numpy(np.ascontiguousarray(value)))
    if records.own is not None:
        records.own = np.zeros_like(records.own)
    return bool(np.isfinite(squared_error(*arrays(member), records)))
