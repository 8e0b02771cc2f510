"""Designs as points of the unit cube, and what a responder says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..machine import one_thread
from ..response import Responder, Response, merits_of_response
from ..systems.parameters import Parameter
from .goals import Goals

if TYPE_CHECKING:
    from distributed import Client

TOGETHER = 4  # designs that one task simulates


@dataclass(frozen=True)
class Judged:
    """What is said of n designs.

    Args:
        values: The objectives, shape [n, objective]; NaN where undefined.
        violations: By how much each constraint is violated, shape [n, constraint].
        worst: The objectives at the worse end of the bands, shape [n, objective].
        worst_violations: The violations at the worse end, shape [n, constraint].
        unfamiliar: What lies outside of the model's training, [n] texts.
        reasons: Why a design has no response, [n] texts.
    """

    values: np.ndarray
    violations: np.ndarray
    worst: np.ndarray
    worst_violations: np.ndarray
    unfamiliar: Sequence[str]
    reasons: Sequence[str]


@dataclass(frozen=True)
class Candidates:
    """The designs of a responder under goals.

    Args:
        responder: A model or a system.
        goals: The objectives and constraints.
        robust: Whether the search takes the worse end of the bands.
    """

    responder: Responder
    goals: Goals
    robust: bool = False

    @property
    def free(self) -> tuple[Parameter, ...]:
        """The parameters that may vary.

        Raises:
            DynsurError: There are none, or one takes only some values.
        """
        free = self.responder.space.free
        if not free:
            raise DynsurError("every parameter is fixed; leave at least one of them free.")
        for p in free:
            if p.choices:
                raise DynsurError(f"parameter '{p.name}' takes only some values; fix it by --set.")
        return free

    def columns(self, unit: np.ndarray) -> dict[str, np.ndarray]:
        """Return every parameter of designs at points [n, parameter] of the unit cube."""
        free = {p.name: p.from_unit(unit[:, j]) for j, p in enumerate(self.free)}
        space = self.responder.space
        return {p.name: free.get(p.name, np.full(len(unit), p.low)) for p in space}

    def predicted(self, columns: Mapping[str, np.ndarray], banded: bool) -> Judged:
        """Judge designs by the responder."""
        with one_thread():
            response = self.responder.respond(columns, banded=banded)
        return self._judged(columns, response)

    def simulated(self, columns: Mapping[str, np.ndarray], client: "Client | None") -> Judged:
        """Judge designs by the solver, shared by the workers of a dask client."""
        count = len(next(iter(columns.values())))
        parts = [
            {name: column[i : i + TOGETHER] for name, column in columns.items()}
            for i in range(0, count, TOGETHER)
        ]
        found: Any
        if client is None:
            found = [_simulate(self, part) for part in parts]
        else:
            there = client.scatter(self, hash=False)
            found = client.gather([client.submit(_simulate, there, p, pure=False) for p in parts])
        return Judged(
            np.concatenate([part.values for part in found]),
            np.concatenate([part.violations for part in found]),
            np.concatenate([part.worst for part in found]),
            np.concatenate([part.worst_violations for part in found]),
            [text for part in found for text in part.unfamiliar],
            [text for part in found for text in part.reasons],
        )

    def search(self, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return costs [n, objective] and violations [n, constraint] of points for the search."""
        judged = self.predicted(self.columns(unit), banded=self.robust)
        if self.robust:
            return self.goals.costs(judged.worst), judged.worst_violations
        return self.goals.costs(judged.values), judged.violations

    def _judged(self, columns: Mapping[str, np.ndarray], response: Response) -> Judged:
        values, violations = self._of(columns, response, response.outputs)
        worst, worst_violations = values, violations
        for ends in (response.low, response.high):
            if ends:
                end, broken = self._of(columns, response, {**response.outputs, **ends})
                worse = self.goals.costs(end) > self.goals.costs(worst)
                # An end of which the figure is undefined is no design to rely on.
                worst = np.where(worse | ~np.isfinite(end), end, worst)
                worst_violations = np.maximum(worst_violations, broken)
        return Judged(
            values, violations, worst, worst_violations, response.unfamiliar, response.reasons
        )

    def _of(self, columns: Any, response: Response, outputs: Any) -> tuple[np.ndarray, np.ndarray]:
        goals = self.goals
        found = merits_of_response(
            self.responder, columns, response, outputs=outputs, read=goals.read,
            wanted=goals.merits,
        )  # fmt: skip
        named = goals.named({m.name: v for m, v in found.items()}, columns)
        values = goals.values(named)
        values[~response.worked] = np.nan
        return values, goals.violations(named)


def _simulate(candidates: Candidates, columns: dict[str, np.ndarray]) -> Judged:
    return candidates._judged(columns, candidates.responder.simulate(columns))
