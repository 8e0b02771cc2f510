"""Check that a simulator still agrees with a store by simulating some samples again."""

import contextlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DynsurError
from ..registry.fingerprint import fingerprint
from ..registry.identity import configuration, without_callables
from ..store.create import foreign_sample, note_fingerprint, refuse_other, set_aside
from ..store.damage import reading
from ..store.location import exists, locate
from ..store.samples import create_or_extend, finished_samples
from ..store.zarr_group import array_of, is_unfinished, open_group, writing
from ..systems.simulator import Simulator
from .repeat import repeated
from .worker import TIME_LIMIT

if TYPE_CHECKING:
    import zarr

log = logging.getLogger(__name__)

FEW, MANY = 2, 64  # samples: where the code is unchanged, and where it is not
LEAST = 8  # samples where the code has changed, however long they take within PATIENCE
BLOCKS, BLOCK = 16, 32  # samples whose parameters are compared with the seed
PATIENCE = 30.0  # s that the samples may take by their recorded times; one is always simulated
QUICK = 5.0  # likewise, of those beyond LEAST


def prepare_store(
    store: str | Path,
    simulator: Simulator,
    samples: int,
    seed: int | None,
    chunk: int,
    *,
    time_limit: float = TIME_LIMIT,
    again: bool = False,
) -> None:
    """Create a store, or extend one after checking that the simulator still agrees with it.

    Args:
        store: Folder or URL of the store.
        simulator: The simulator that will fill the store.
        samples: Number of samples that the store shall hold at least.
        seed: Seed of the parameter samples; None leaves the store as large as it is.
        chunk: Number of samples in a chunk of a new store.
        time_limit: Wall-clock time allowed for one simulation, in s.
        again: Whether to start anew; an existing store is then renamed and kept.

    Raises:
        DynsurError: The store was made with another configuration or cannot be written; nothing
            was changed.
    """
    location = locate(store)
    if seed is None:
        return
    if exists(location) and not is_unfinished(location):
        if again:
            log.info("%s is kept as %s", location, set_aside(location))
        else:
            refuse_other(location, open_group(location, "r"), simulator, seed)
            refuse_foreign(location, simulator)
            check_agreement(location, simulator, time_limit, notes=False)
            create_or_extend(location, simulator, samples, seed, chunk)
            _note(location, fingerprint(simulator))  # last, for a refusal changes nothing
            return
    create_or_extend(location, simulator, samples, seed, chunk)


def refuse_foreign(store: str | Path, simulator: Simulator) -> None:
    """Refuse to extend a store some of whose samples do not follow from its seed.

    Raises:
        DynsurError: A sample is foreign, or a chunk is damaged; nothing was changed.
    """
    if found := foreign_in(store, simulator):
        raise DynsurError(
            f"sample {found[0]} of '{store}' is foreign: '{found[1]}' does not follow from the "
            "store's seed; it was joined from another store, or changed; nothing was changed; "
            "choose another folder, and combine stores with `dynsur merge`."
        )


def foreign_in(store: str | Path, simulator: Simulator) -> tuple[int, str] | None:
    """Return a sample that does not follow from the store's seed and the parameter that tells.

    Blocks of samples spread over the store are looked at, for stores are joined at their ends.

    Raises:
        DynsurError: A chunk is damaged.
    """
    group = open_group(store, "r")
    samples = array_of(group, "status").shape[0]
    for start in np.unique(np.linspace(0, max(0, samples - BLOCK), BLOCKS).astype(int)):
        start, stop = int(start), min(int(start) + BLOCK, samples)
        with reading(store):
            if found := foreign_sample(group, simulator, start, stop):
                return found
    return None


def _disagrees(store: str | Path, group: "zarr.Group", simulator: Simulator, found: str) -> str:
    """Say that a simulator differs from a store, by its settings or else by its equations."""
    now = json.loads(configuration(simulator))
    held = without_callables(json.loads(str(group.attrs.get("configuration", "{}"))), now)
    compared = now.keys() & held.keys() - {"space", "points"}  # the instants are the store's own
    told = {name: held[name] for name in sorted(compared) if held[name] != now[name]}
    if told:
        settings = " ".join(f"--set simulator.{name}={value}" for name, value in told.items())
        return (
            f"'{store}' was simulated with other settings than '{simulator.name}' has now: "
            f"{found}; nothing was changed; give {settings}, as the store has it."
        )
    return (
        f"'{store}' was filled by other equations than '{simulator.name}' has now: {found}; "
        "nothing was changed; choose another folder with --out, or give --again to start anew "
        "and keep the old one aside."
    )


def check_agreement(
    store: str | Path, simulator: Simulator, time_limit: float = TIME_LIMIT, *, notes: bool = True
) -> int:
    """Simulate some finished samples of a store again, compare them and return their number.

    Two samples are simulated again, drawn at random. If the simulator's code has changed, there are
    up to 64, first those with the least and the largest value of each parameter, since an edit may
    concern a corner of the ranges only. There are fewer of them if they take long. A store of slow
    simulations is not checked if the code is unchanged.

    Args:
        store: Folder or URL of the store.
        simulator: The simulator that shall extend the store, or for which a model is trained.
        time_limit: Wall-clock time allowed for one simulation, in s.
        notes: Whether the store remembers that this code agrees with it.

    Raises:
        DynsurError: A sample differs from the stored one; nothing was changed.
    """
    location = locate(store)
    group = open_group(location, "r")
    code = fingerprint(simulator)
    is_known = group.attrs.get("fingerprint") == code
    finished = finished_samples(location)
    with reading(store):
        wanted = _wanted(np.asarray(array_of(group, "wall_time")[:])[finished], is_known)
    compared_samples = 0
    order = np.random.default_rng(int(code[:8], 16)).permutation(finished)
    if not is_known:
        order = _corners_first(group, simulator, order)
    while compared_samples < wanted and order.size:
        part, order = np.split(order, [wanted - compared_samples])
        for repetition in repeated(group, simulator, part, time_limit):
            if faults := repetition.faults:
                found = f"sample {repetition.index}, {faults[0].variable}: {faults[0].what}"
                raise DynsurError(_disagrees(store, group, simulator, found))
            compared_samples += 1
    if wanted and not compared_samples:
        raise DynsurError(
            f"no finished sample of '{store}' can be read, so that it is unknown whether "
            f"'{simulator.name}' still agrees with it; `dynsur verify {store} --repair` mends it."
        )
    log.info("%s: %d samples simulated again agree", store, compared_samples)
    if notes:
        _note(location, code)
    return compared_samples


def _note(location: str, code: str) -> None:
    """Record that this code agrees; where another command writes the store, it is left out."""
    if open_group(location, "r").attrs.get("fingerprint") != code:
        with writing(location), contextlib.suppress(DynsurError):
            note_fingerprint(location, code)


def _wanted(seconds: np.ndarray, is_known: bool) -> int:
    """Return how many samples to simulate again, given the seconds that each one took."""
    if not seconds.size:
        return 0
    typical = float(np.nanmedian(seconds))
    if is_known and typical > PATIENCE / FEW:
        return 0
    typical = max(typical, 1e-9)
    most = FEW if is_known else max(LEAST, min(MANY, int(QUICK / typical)))
    return min(seconds.size, max(1, min(most, int(PATIENCE / typical))))


def _corners_first(group: "zarr.Group", simulator: Simulator, samples: np.ndarray) -> np.ndarray:
    """Sort samples so that every other one has the least or the largest value of a parameter."""
    ends: list[int] = []
    for name in (p.name for p in simulator.space.free):
        try:
            values = np.asarray(array_of(group, name)[:])[samples]
        except Exception:  # a damaged chunk is the business of `verify`
            continue
        if values.size:
            ends += [int(values.argmin()), int(values.argmax())]
    corners = list(dict.fromkeys(samples[ends].tolist()))
    others = samples[~np.isin(samples, corners)].tolist()
    mixed = [i for pair in zip(corners, others, strict=False) for i in pair]
    both = min(len(corners), len(others))
    return np.array([*mixed, *corners[both:], *others[both:]], int)
