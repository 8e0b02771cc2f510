"""From a model's posterior to the solver's: simulate, learn what the model gets wrong, repeat.

The model's error is learnt where the draws are, and the corrected model is drawn from again. The
weights of the last draws by the solver say whether that was enough.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..sampling import RELIABLE, Population, Smoothed, smoothed
from ..sampling.correction import Correction
from .asking import FitOptions
from .likelihood import Likelihood
from .measured_loop import thinned
from .posterior import Draws
from .stages import Progress, chains_of, simulated_draws

if TYPE_CHECKING:
    from distributed import Client

SCOUTS = 250  # draws of each chain before the last round
FEWER_POINTS = 64  # of a loop, for the first draws of a model that is to be corrected
LEAST = 20  # simulations that a correction can be learnt from
WORTH = 0.3  # effective share of the simulated draws from which no round is added
ALIKE = 0.9  # effective share of the simulated draws above which the shape of the tail is idle
WANTED = 220.0  # effective draws, for which more are simulated at the end
MOST_MORE = 3  # times as many as asked for, at most


@dataclass
class Rounds:
    """The way of one fit from the model to the solver.

    Args:
        likelihood: The loops, the prior and what answers for the system.
        folder: Where each part is kept once it is done.
        client: The dask client.
        options: How the posterior is drawn.
        stage: Called with what begins.
        progress: Called with a name, how much is done and the total.
        told: What each round has found, as plain JSON values.
    """

    likelihood: Likelihood
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
        near = np.concatenate([chain.z for chain in chains])
        chains = self._chains(asked, "chain", options.particles, near)
        draws = self._checked(asked, chains, "solver", options.checks)
        if _reliable(draws.weighted) and 0 < draws.weighted.effective < WANTED:
            wanted = WANTED / self._worth(draws) * 1.1
            more = int(min(wanted, MOST_MORE * options.checks))
            draws = self._checked(asked, chains, "solver_rest", more, draws)
        self._tell(draws)
        return asked, chains, draws

    def _worth(self, draws: Draws) -> float:
        return draws.weighted.effective / max(1, draws.checked.size)

    def _tell(self, draws: Draws) -> None:
        shape = draws.weighted.shape
        self.told.append(
            {
                "checked": int(draws.checked.size),
                "k_hat": float(shape) if np.isfinite(shape) else None,
                "effective": draws.weighted.effective,
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
        self.stage(f"simulating {len(new)} draws by the solver")
        rows = simulated_draws(likelihood, self.folder, self.client, new, self.progress, name=name)
        self._z.append(new)
        self._rows.append(rows)
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


def _reliable(weighted: Smoothed) -> bool:
    """Return whether weights can be relied on: of weights that are nearly alike no tail matters."""
    alike = weighted.effective > ALIKE * max(1, weighted.weights.size)
    return bool(weighted.shape < RELIABLE) or alike
