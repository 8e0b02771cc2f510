"""Checks of a dataset, one function for each promise, on simulations of an example."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from ..encoding.training_data import Split, TrainingData
from ..errors import DynsurError
from ..registry.interfaces import Dataset
from ..systems.variables import Status
from .example import EXAMPLE, example_store
from .expect import Check, ConformanceError, expect

if TYPE_CHECKING:
    import xarray as xr

TARGET = EXAMPLE.outputs[0].name


def keeps_parts_apart(dataset: Dataset) -> None:
    """Training, validation and test share no simulation and hold finished ones only."""
    store = example_store()
    store["status"][3] = int(Status.FAILED)
    data = dataset.prepare(store, EXAMPLE, 0)
    parts = {part: getattr(data, part).sample.tolist() for part in ("train", "validation", "test")}
    for name, samples in parts.items():
        expect(samples, f"the {name} part is empty though {store.sizes['sample'] - 1} finished")
    used = [sample for samples in parts.values() for sample in samples]
    expect(len(used) == len(set(used)), "a simulation is in two parts")
    expect(3 not in used, "a simulation that failed is used")


def repeats_its_split(dataset: Dataset) -> None:
    """The same seed gives the same data, another seed another split."""
    store = example_store()
    one, again, other = (dataset.prepare(store, EXAMPLE, seed) for seed in (0, 0, 1))
    expect(_same(one.train, again.train) and _same(one.test, again.test), "seed 0 gives two splits")
    moved = not np.array_equal(one.test.sample, other.test.sample)
    expect(moved, "seeds 0 and 1 hold out the same simulations")


def fits_on_training_only(dataset: Dataset) -> None:
    """What is held out changes neither the scales nor what training sees."""
    store = example_store()
    data = dataset.prepare(store, EXAMPLE, 0)
    changed = store.copy(deep=True)
    for name in (TARGET, EXAMPLE.inputs[0].name, *EXAMPLE.space.names):
        changed[name][data.test.sample] = 1e3 * store[name][data.test.sample]
    leaky = dataset.prepare(changed, EXAMPLE, 0)
    expect(
        data.encoding == leaky.encoding, "scales change with the test part; fit on training only"
    )
    for part in ("train", "validation"):
        same = _same(getattr(data, part), getattr(leaky, part))
        expect(same, f"the {part} part changes with the test part")


def decodes_what_it_encodes(dataset: Dataset) -> None:
    """The encoding turns targets back into the simulated outputs."""
    store = example_store()
    data = dataset.prepare(store, EXAMPLE, 0)
    decoded = data.encoding.decode_outputs(data.test.target)[TARGET]
    simulated = _outputs(store, data)
    known = ~np.isnan(decoded)  # a target that is not known counts in no loss
    expect(known.any(), "no target is known")
    close = np.allclose(
        decoded[known], simulated[known], rtol=1e-4, atol=1e-4 * np.abs(simulated).max()
    )
    expect(close, f"decoding the targets does not give '{TARGET}' back")


def refuses_too_few(dataset: Dataset) -> None:
    """A store with a single finished simulation raises DynsurError."""
    store = example_store()
    store["status"][1:] = int(Status.FAILED)
    try:
        dataset.prepare(store, EXAMPLE, 0)
    except DynsurError:
        return
    raise ConformanceError("one finished simulation is accepted; raise DynsurError")


def is_configured_by_fields(dataset: Dataset) -> None:
    """It is a frozen dataclass, so that `--set dataset.X` reaches its fields."""
    parameters = getattr(type(dataset), "__dataclass_params__", None)
    expect(parameters and parameters.frozen, f"{type(dataset).__name__} is not a frozen dataclass")
    expect(dataclasses.replace(dataset) == dataset, "a copy of it is not equal to it")  # type: ignore[type-var]


DATASET_CHECKS: tuple[Check, ...] = (
    is_configured_by_fields,
    keeps_parts_apart,
    repeats_its_split,
    fits_on_training_only,
    decodes_what_it_encodes,
    refuses_too_few,
)


def _same(one: Split, other: Split) -> bool:
    fields = (field.name for field in dataclasses.fields(Split))
    pairs = ((getattr(one, name), getattr(other, name)) for name in fields)
    return all(np.array_equal(*pair, equal_nan=pair[0].dtype.kind == "f") for pair in pairs)


def _outputs(store: "xr.Dataset", data: TrainingData) -> np.ndarray:
    return store[TARGET].values[np.ix_(data.test.sample, data.time_index)]
