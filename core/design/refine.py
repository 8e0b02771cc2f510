"""Add simulations near the front and train again, until model and solver agree.

Each round lies in a folder of its own: the front that the model believes in, the simulations near
it, and the next model. A round that is finished is not done again.
"""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..files import read_json, write_json, write_zarr
from ..registry.configuration import Setup, configure, configure_simulator
from ..registry.host import host
from ..response import Responder, open_responder
from ..store.samples import content_hash
from ..store.zarr_group import describing_texts
from ..workflow import Connect, Display, generate_watched, select, train_into
from .candidates import Candidates
from .front import AGREEMENT, agrees, design
from .near_front import NearFront

if TYPE_CHECKING:
    import xarray as xr

ROUNDS, NEAR = 5, 128  # rounds at most; simulations that each adds
RECORD = "design.json"
LEARNT = {"train_share": 0.97, "validation_share": 0.1}  # the solver judges the front, not a test
FIRST_SEED = 1_000_000  # of the simulations of a round, apart from those of runs

Question = Callable[[Responder], Candidates]


@dataclass(frozen=True)
class Refinement:
    """The end of a refinement.

    Args:
        front: The last front.
        rounds: Number of trainings that were added.
        agreed: Whether model and solver agree on every point of it.
        deviations: The largest deviation of the front of each round.
    """

    front: "xr.Dataset"
    rounds: int
    agreed: bool
    deviations: tuple[float, ...]


def refine(
    run: Path,
    folder: Path,
    ask: Question,
    settings: dict[str, Any],
    connect: Connect,
    display: Display,
    *,
    rounds: int = ROUNDS,
    near: int = NEAR,
    tolerance: float = AGREEMENT,
    seed: int = 0,
    **search: Any,
) -> Refinement:
    """Search, simulate near the front and train again, until every point agrees.

    Args:
        run: Folder of the run, with its simulations.
        folder: Folder of the refinement; the same call continues an earlier one.
        ask: Returns the designs of a responder, with the goals.
        settings: Parameters that are fixed or narrowed, for `open_responder`.
        connect: Opens the dask client.
        display: Shows the progress.
        rounds: Number of trainings at most.
        near: Number of simulations that each round adds.
        tolerance: Largest relative deviation of a point that counts as agreement.
        seed: Seed of the searches.
        search: Further options of `design`.

    Raises:
        DynsurError: The run holds no simulations, or the folder another refinement.
    """
    setup = _setup_of(run)
    _open_record(folder, run, ask, settings, {"near": near, "seed": seed, **search})
    learning = _on_nearly_all(setup)
    stores, model, found = [run / "data.zarr"], Path(run), []
    for number in range(rounds + 1):
        place = folder / f"round-{number}"
        candidates = ask(open_responder(model, settings))
        front = _front(place, candidates, connect, display, number, seed, search)
        found.append(float(np.nanmax(front["deviation"].values)))
        if agrees(front, tolerance) or number == rounds:
            return Refinement(front, number, agrees(front, tolerance), tuple(found))
        stores.append(place / "near.zarr")
        model = place / "model"
        if (model / "model.json").exists():
            display.stage(f"model of round {number}: up to date, skipped")
            continue
        _simulate_near(setup, settings, front, stores[-1], near, number, connect, display)
        _train(learning, stores, model, display)
    raise AssertionError("unreachable")


def _setup_of(run: Path) -> Setup:
    from ..surrogate.surrogate import Surrogate

    if not (Path(run) / "data.zarr").is_dir():
        raise DynsurError(
            f"'{run}' holds no simulations to add to; --refine needs the folder of a run with its "
            "data.zarr."
        )
    past = Surrogate.load(run).provenance
    return configure(host(), past["experiment"], past["settings"], past["samples"], past["seed"])


def _on_nearly_all(setup: Setup) -> Setup:
    """Return a setup that learns from nearly all simulations, unless the user has set shares.

    A test part of a third would take so many of the few simulations near the front.
    """
    known = {field.name for field in dataclasses.fields(setup.dataset)}  # type: ignore[arg-type]
    shares = {f"dataset.{name}": share for name, share in LEARNT.items() if name in known}
    settings = {**shares, **setup.settings}
    return configure(host(), setup.experiment, settings, setup.samples, setup.seed)


def _open_record(
    folder: Path, run: Path, ask: Question, settings: dict[str, Any], options: dict[str, Any]
) -> None:
    """Write what a folder refines, or refuse a folder that refines something else."""
    goals = ask(open_responder(run, settings)).goals
    wanted = {
        "run": str(Path(run).resolve()),
        "goals": [f"{o.aim} {o.name}" for o in goals.objectives],
        "subject_to": [c.text for c in goals.constraints],
        "read": goals.read,
        "robust": ask(open_responder(run, settings)).robust,
        "settings": {name: str(value) for name, value in sorted(settings.items())},
        **options,
    }
    path = folder / RECORD
    if not path.exists():
        if folder.exists() and any(folder.iterdir()):
            raise DynsurError(
                f"'{folder}' exists and is no refinement; nothing was changed; choose another "
                "--out."
            )
        folder.mkdir(parents=True, exist_ok=True)
        write_json(path, wanted)
        return
    held = read_json(path)
    other = [key for key in wanted if held.get(key) != json.loads(json.dumps(wanted[key]))]
    if other:
        raise DynsurError(
            f"'{folder}' refines with another {other[0]} ({held.get(other[0])}, now "
            f"{wanted[other[0]]}); nothing was changed; choose another --out."
        )


def _front(
    place: Path,
    candidates: Candidates,
    connect: Connect,
    display: Display,
    number: int,
    seed: int,
    search: dict[str, Any],
) -> "xr.Dataset":
    import xarray as xr

    path = place / "front.zarr"
    if path.is_dir():
        display.stage(f"front of round {number}: up to date, skipped")
        with describing_texts():
            return xr.open_zarr(str(path), chunks=None, consolidated=False).load()
    display.stage(f"searching the front, round {number}")
    with connect() as client:
        front = design(candidates, seed=seed, client=client, **search)
    place.mkdir(parents=True, exist_ok=True)
    with describing_texts():
        write_zarr(front, path)
    worst = float(np.nanmax(front["deviation"].values))
    display.stage(f"{front.sizes['point']} designs; model and solver differ by up to {worst:.1%}")
    return front


def _simulate_near(
    setup: Setup,
    settings: dict[str, Any],
    front: "xr.Dataset",
    store: Path,
    count: int,
    number: int,
    connect: Connect,
    display: Display,
) -> None:
    """Simulate the front and systems around it, into a store of its own."""
    narrowed = configure_simulator(setup.simulator, settings)
    space = NearFront.around(narrowed.space, front)
    simulator = dataclasses.replace(narrowed, space=space)  # type: ignore[type-var]
    display.stage(f"simulating {count} systems near the front")
    generate_watched(
        simulator, store, connect, display, samples=count, seed=FIRST_SEED + number, chunk=8
    )


def _train(setup: Setup, stores: list[Path], model: Path, display: Display) -> None:
    """Train a model on the samples of several stores, or go on with its training."""
    import xarray as xr

    parts = [select(store).load() for store in stores]
    names = list(parts[0].data_vars)
    data = xr.concat(
        [part[names] for part in parts], "sample", combine_attrs="override", join="override"
    )
    data.attrs["joined"] = [content_hash(part) for part in parts]
    train_into(dataclasses.replace(setup, samples=data.sizes["sample"]), data, model, display)
