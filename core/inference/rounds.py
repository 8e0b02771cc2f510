"""From a model to the posterior of the solver.

The solver goes on from where the searches of the model have ended. What it says on the way and at
draws, in turn, is learnt as a function of the parameters, which is drawn from instead of the model.
Where the solver comes nowhere near the data, the posterior of the model is drawn first, and what
the model gets wrong is learnt there. The weights of the last draws say whether that was enough.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..sampling import RELIABLE, Population, Smoothed, smoothed
from ..sampling.correction import MOST_DRAWS, Correction
from ..sampling.descent import Descent, descend
from ..sampling.stabilised import Stabilised
from .asking import FitOptions
from .likelihood import Likelihood
from .measured_loop import MeasuredLoop, thinned
from .posterior import Draws
from .stages import Progress, chains_of, simulated_draws
from .summary import ALIKE

if TYPE_CHECKING:
    from distributed import Client

SCOUTS = 250  # draws of each chain before the last round
FEW_SCOUTS = 100  # the same where no model is asked
SEARCHED = 8  # rounds of the solver's search
NEAR = 4.0  # χ²/n up to which the solver's search has come near the data
ALSO_NEAR = 50.0  # more |R|² than the best, up to which another end counts too
AROUND = 200  # draws around each end
FEWER_POINTS = 64  # of a loop, for the first draws of a model that is to be corrected
LEAST = 20  # simulations that a correction can be learnt from
WORTH = 0.3  # effective share of the simulated draws from which no round is added
ENOUGH, WANTED = 200.0, 220.0  # effective draws, for which more are simulated at the end
TIMES = 2  # since the worth of draws is not known before
MOST_MORE = 3  # times as many as asked for, at most


@dataclass
class Rounds:
    """The way of one fit from the model to the solver.

    Args:
        likelihood: The loops, the prior and what answers for the system.
        starts: Where the searches of the model have ended, shape [search, d].
        folder: Where each part is kept once it is done.
        client: The dask client.
        options: How the posterior is drawn.
        stage: Called with what begins.
        progress: Called with a name, how much is done and the total.
        told: What each round has found, as plain JSON values.
    """

    likelihood: Likelihood
    starts: np.ndarray
    folder: Path
    client: "Client"
    options: FitOptions
    stage: Callable[[str], None]
    progress: Progress
    told: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    _z: list[np.ndarray] = dataclasses.field(default_factory=list)
    _rows: list[tuple[np.ndarray, ...]] = dataclasses.field(default_factory=list)

    def draw(self) -> tuple[Likelihood, list[Population], Draws]:
        """Return the likelihood with what was learnt, the chains, and the checked draws."""
        options, asked = self.options, self.likelihood
        learns = asked.responder.surrogate is not None and options.checks and options.rounds
        if not learns:
            chains = self._chains(asked, "chain", options.particles)
            return asked, chains, self._checked(asked, chains, "solver", options.checks)
        searched = self._searched()
        known = int(np.isfinite(searched.residuals).all(axis=1).sum())
        if known >= LEAST and searched.objective.min() <= NEAR * searched.residuals.shape[1]:
            return self._drawn_of_solver(searched)
        self._z.clear()
        self._rows.clear()
        return self._drawn_of_model()

    def _drawn_of_model(self) -> tuple[Likelihood, list[Population], Draws]:
        """Draw from the model with its band, and from the model as corrected by the solver."""
        options, asked = self.options, self.likelihood
        scouts = min(SCOUTS, options.particles)
        few = dataclasses.replace(
            asked, loops=tuple(thinned(loop, FEWER_POINTS) for loop in asked.loops)
        )
        chains = self._chains(few, "scouts_0", scouts)
        for number in range(options.rounds):
            count = max(LEAST, options.checks // 2)
            draws = self._checked(asked, chains, f"solver_{number}", count)
            self._tell(draws)
            good = _reliable(draws.weighted) and self._worth(draws) >= WORTH
            learnt = self._learnt(draws)
            if learnt is None:
                break
            asked = dataclasses.replace(asked, corrections=learnt)
            if good or number + 1 == options.rounds:
                break
            chains = self._chains(asked, f"scouts_{number + 1}", scouts, draws.flat)
        return self._last(asked, np.concatenate([chain.z for chain in chains]))

    def _drawn_of_solver(self, searched: Descent) -> tuple[Likelihood, list[Population], Draws]:
        """Draw from what the solver says, learnt around the ends of its searches and at draws."""
        options = self.options
        near = self._around(searched)
        asked = self._learnt_of_solver(near)
        for number in range(options.rounds):
            scouts = min(FEW_SCOUTS, options.particles)
            chains = self._chains(asked, f"scouts_{number}", scouts, near)
            near = np.concatenate([chain.z for chain in chains])
            count = max(LEAST, options.checks // 2)
            draws = self._checked(asked, chains, f"solver_{number}", count)
            self._tell(draws, searches=len(self.starts))
            asked = self._learnt_of_solver(near)
            if _reliable(draws.weighted) and self._worth(draws) >= WORTH:
                break
        return self._last(asked, near)

    def _last(
        self, asked: Likelihood, near: np.ndarray
    ) -> tuple[Likelihood, list[Population], Draws]:
        """Draw all chains, and as many checks as make enough effective draws."""
        options = self.options
        chains = self._chains(asked, "chain", options.particles, near)
        draws = self._checked(asked, chains, "solver", options.checks)
        for number in range(TIMES):
            if not _reliable(draws.weighted) or not 0 < draws.weighted.effective < ENOUGH:
                break
            wanted = WANTED / self._worth(draws) * 1.1
            more = int(min(wanted, MOST_MORE * options.checks))
            if more <= draws.checked.size:
                break
            draws = self._checked(asked, chains, f"solver_rest_{number}", more, draws)
        self._tell(draws)
        return asked, chains, draws

    def _searched(self) -> Descent:
        """Let the solver search from where the searches of the model have ended."""
        asked = self.likelihood
        kept = asked.prior.readings
        scales = [asked.scale_of(loop) for loop in asked.loops]
        data = _joined(scales, asked.loops, [loop.output[None] for loop in asked.loops])
        number = 0

        def residuals(places: np.ndarray) -> np.ndarray:
            nonlocal number
            z = np.zeros((len(places), len(asked.prior.parameters)))
            z[:, kept] = places
            rows = self._simulated(asked, f"search_{number}", z)
            number += 1
            return data - _joined(scales, asked.loops, rows)

        return descend(residuals, self.starts[:, kept], SEARCHED)

    def _around(self, searched: Descent) -> np.ndarray:
        """Return draws around the best ends of the searches: those of normal distributions."""
        rng = np.random.default_rng(self.options.seed)
        best = searched.objective.min()
        near = []
        for k in np.flatnonzero(searched.objective <= best + max(ALSO_NEAR, best)):
            z = rng.standard_normal((AROUND, len(self.likelihood.prior.parameters)))
            root = np.linalg.cholesky(np.linalg.inv(searched.curvature[k]))
            readings = self.likelihood.prior.readings
            z[:, readings] = searched.z[k] + z[:, readings] @ root.T
            near.append(z)
        return np.concatenate(near)

    def _learnt_of_solver(self, near: np.ndarray) -> Likelihood:
        """Learn what the solver says from those simulations so far that are nearest to the data."""
        asked = self.likelihood
        scales = tuple(asked.scale_of(loop) for loop in asked.loops)
        z = np.concatenate(self._z)
        values = asked.prior.values(z)
        rows = [np.concatenate(parts) for parts in zip(*self._rows, strict=True)]
        data = _joined(scales, asked.loops, [loop.output[None] for loop in asked.loops])
        off = ((data - _joined(scales, asked.loops, rows)) ** 2).sum(axis=1)
        works = np.isfinite(np.concatenate(rows, axis=1)).all(axis=1)
        order = np.argsort(np.where(works, off, np.inf), kind="stable")
        chosen = order[: min(MOST_DRAWS, int(works.sum()))]
        places = asked.places(values)[chosen]
        around = near[:, asked.prior.readings]
        found = []
        for scale, readings in zip(scales, rows, strict=True):
            on_scale = scale.forward(readings[chosen])
            noise = np.ones(on_scale.shape[1])
            found.append(Correction.learn(places, on_scale, noise, around))
        return dataclasses.replace(asked, corrections=tuple(found), scales=scales)

    def _simulated(
        self, likelihood: Likelihood, name: str, z: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """Return what the solver says of draws for each loop, [draw, point], and remember it."""
        self.stage(f"simulating {len(z)} systems by the solver")
        rows = simulated_draws(likelihood, self.folder, self.client, z, self.progress, name=name)
        self._z.append(z)
        self._rows.append(rows)
        return rows

    def _worth(self, draws: Draws) -> float:
        return draws.weighted.effective / max(1, draws.checked.size)

    def _tell(self, draws: Draws, searches: int = 0) -> None:
        """Note what a round has found, and around the ends of how many searches it drew."""
        shape = draws.weighted.shape
        self.told.append(
            {
                "checked": int(draws.checked.size),
                "k_hat": float(shape) if np.isfinite(shape) else None,
                "effective": draws.weighted.effective,
                "searches": searches,
            }
        )

    def _chains(
        self,
        likelihood: Likelihood,
        name: str,
        particles: int,
        near: np.ndarray | None = None,
    ) -> list[Population]:
        self.stage(f"drawing the posterior: {self.options.chains} chains of {particles} draws")
        options = dataclasses.replace(self.options, particles=particles)
        return chains_of(
            likelihood, self.folder, self.client, options, self.progress, name=name, near=near
        )

    def _checked(
        self,
        likelihood: Likelihood,
        chains: Sequence[Population],
        name: str,
        count: int,
        before: Draws | None = None,
    ) -> Draws:
        """Simulate some draws by the solver, beyond those before, and weight all of them."""
        z = np.stack([chain.z for chain in chains])
        value = np.stack([chain.log_likelihood for chain in chains])
        rng = np.random.default_rng(self.options.seed)
        flat = z.reshape(-1, z.shape[-1])
        count = min(count, len(flat))
        chosen = rng.permutation(len(flat))[:count]
        if not count:
            empty = np.empty(0)
            rows = tuple(np.empty((0, loop.time.size)) for loop in likelihood.loops)
            return Draws(z, value, chosen, rows, Smoothed(empty, np.nan, 0.0), empty)
        new = flat[chosen[before.checked.size if before else 0 :]]
        rows = self._simulated(likelihood, name, new)
        if before:  # the same permutation began with them
            parts = zip(before.simulated, rows, strict=True)
            rows = tuple(np.concatenate(pair) for pair in parts)
        values = likelihood.prior.values(flat[chosen])
        true = np.zeros(count)
        for loop, simulated in zip(likelihood.loops, rows, strict=True):
            true += likelihood.log_likelihood(values, loop, simulated)
        return Draws(z, value, chosen, rows, smoothed(true - value.ravel()[chosen]), true)

    def _learnt(self, draws: Draws) -> tuple[Correction, ...] | None:
        """Learn what the model gets wrong from all simulations so far; None of too few."""
        asked = dataclasses.replace(self.likelihood, corrections=())
        z = np.concatenate(self._z)
        values = asked.prior.values(z)
        places = asked.places(values)
        near = asked.places(asked.prior.values(draws.flat))
        found = []
        for number, loop in enumerate(asked.loops):
            simulated = np.concatenate([rows[number] for rows in self._rows])
            model, _ = asked.modelled(values, number)
            works = np.isfinite(simulated).all(axis=1) & np.isfinite(model).all(axis=1)
            if works.sum() < LEAST:
                return None
            noise = np.median(asked.deviation(values, loop, simulated)[works], axis=0)
            found.append(Correction.learn(places[works], (simulated - model)[works], noise, near))
        return tuple(found)


def _joined(
    scales: Sequence[Stabilised], loops: Sequence[MeasuredLoop], rows: Sequence[np.ndarray]
) -> np.ndarray:
    """Return readings [n, point] of all loops on their scales, at the points that are used."""
    parts = zip(scales, loops, rows, strict=True)
    return np.concatenate([scale.forward(r[:, loop.used]) for scale, loop, r in parts], axis=1)


def _reliable(weighted: Smoothed) -> bool:
    """Return whether weights can be relied on: of weights that are nearly alike no tail matters."""
    alike = weighted.effective > ALIKE * max(1, weighted.weights.size)
    return bool(weighted.shape < RELIABLE) or alike
