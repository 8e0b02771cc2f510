"""Fit a system to measured loops: a point, a posterior by the model, its check by the solver."""

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..files import content_checksum, read_arrays, read_json, write_arrays, write_json
from ..registry.identity import configuration
from ..response import Responder
from ..sampling.stored_draws import STORE
from ..surrogate.predict import weights_hash
from .asking import FitOptions
from .likelihood import Likelihood
from .point_fit import PointFit, fit_point
from .posterior import RECORD, Draws, write_posterior
from .rounds import Rounds
from .summary import summarised

if TYPE_CHECKING:
    from distributed import Client

METHOD = 2  # of drawing: folders of another one are not continued
Connect = Callable[[], AbstractContextManager["Client"]]


@dataclass(frozen=True)
class Fit:
    """A finished fit.

    Args:
        likelihood: The loops, the prior and what answers for the system.
        point: The best device of the search.
        draws: Draws of the posterior.
        summary: What was found, as plain JSON values; also in `fit.json`.
        options: How it was made.
    """

    likelihood: Likelihood
    point: PointFit
    draws: Draws
    summary: Mapping[str, Any] = field(default_factory=dict)
    options: FitOptions = field(default_factory=FitOptions)


def fit(
    likelihood: Likelihood,
    folder: str | Path,
    connect: Connect,
    options: FitOptions = FitOptions(),  # noqa: B008
    stage: Callable[[str], None] = lambda text: None,
    progress: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> Fit:
    """Fit a system to measured loops and write what was found into a folder.

    Each part is kept once it is done, so that an interrupted fit goes on where it was.

    Args:
        likelihood: The loops, the prior and what answers for the system.
        folder: Where the fit is kept.
        connect: Opens the dask client, on whose workers chains and simulations run.
        options: How the posterior is drawn.
        stage: Called with what begins.
        progress: Called with a name, how much is done and the total.

    Raises:
        DynsurError: The folder holds another fit, or the prior excludes the data.
    """
    folder = Path(folder)
    key = content_checksum(inputs_of(likelihood, options))
    prepare(folder, key)
    stage("searching the nearest device from many starts")
    point = _point(likelihood, folder, options.seed)
    with connect() as client:
        rounds = Rounds(likelihood, point.ends, folder, client, options, stage, progress)
        likelihood, chains, draws = rounds.draw()
    summary = summarised(likelihood, point, draws, chains, options.seed, rounds.told)
    found = Fit(likelihood, point, draws, summary, options)
    write_posterior(folder / STORE, draws, likelihood, {"summary": summary["in_words"]})
    write_json(folder / RECORD, {"key": key, "done": True, **summary})
    return found


def inputs_of(likelihood: Likelihood, options: FitOptions) -> dict[str, Any]:
    """Return all that decides the result of a fit, as plain JSON values."""
    responder: Responder = likelihood.responder
    return {
        "method": METHOD,
        "system": responder.simulator.name,
        "simulator": configuration(responder.simulator),
        "solver": [likelihood.solver.name, configuration(likelihood.solver)],
        "space": responder.space.describe(),
        "model": weights_hash(responder.surrogate) if responder.surrogate else None,
        "prior": [[p.name, p.low, p.high, p.scale] for p in likelihood.prior.parameters],
        "fixed": dict(likelihood.prior.fixed),
        "loops": [
            [
                loop.quantity,
                *(np.nan_to_num(c).tolist() for c in (loop.time, loop.drive, loop.output)),
            ]
            for loop in likelihood.loops
        ],
        "options": dataclasses.asdict(options),
    }


def prepare(folder: Path, key: str) -> None:
    """Create the folder of a fit, or go on with the one that it holds.

    Raises:
        DynsurError: The folder holds something else.
    """
    record = read_json(folder / RECORD, absent=None)
    if record is None:
        if folder.exists() and any(folder.iterdir()):
            raise DynsurError(f"'{folder}' is not empty and holds no fit; choose another --out.")
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / RECORD, {"key": key, "done": False})
    elif not isinstance(record, dict) or record.get("key") != key:
        raise DynsurError(
            f"'{folder}' holds a fit of other data, another model or other options; choose another "
            "--out, or remove it."
        )


def _point(likelihood: Likelihood, folder: Path, seed: int) -> PointFit:
    path = folder / "point.npz"
    if path.exists():
        kept = read_arrays(path, ("z", "misfit", "starts", "ends"))
        return PointFit(kept["z"], float(kept["misfit"]), kept["starts"], kept["ends"])
    point = fit_point(likelihood, seed)
    write_arrays(path, dataclasses.asdict(point))
    return point
