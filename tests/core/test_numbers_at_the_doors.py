"""The doors of the Python API refuse in one line what they cannot take, and read xarray by name."""

import numpy as np
import pytest
import xarray as xr
from dynsur import datasets
from dynsur.core import (
    DynsurError,
    Parameter,
    ParameterSpace,
    Smooth,
    Surrogate,
    configure,
    finished,
    from_recordings,
    host,
    instants,
    multisine,
    open_run,
    open_store,
    read_csv,
    run,
    simulate,
    straight_pieces,
    sweep,
    triangle,
)
from ohmic import ohmic

CLOCK = np.linspace(0.0, 1.0, 12)
NAN = float("nan")


@pytest.mark.parametrize(
    "call",
    [
        *(lambda path=path: read_csv(path) for path in (None, 3, b"a.csv")),
        *(lambda path=path: open_store(path) for path in (None, 3, "nowhere")),
        *(lambda path=path: datasets.open(path) for path in (None, ["a"])),
        *(lambda path=path: open_run(path) for path in (None, 3)),
        *(lambda path=path: Surrogate.load(path) for path in (None, 3)),
        *(lambda data=data: finished(data) for data in (None, "runs/reram")),
        *(lambda data=data: datasets.concat(data) for data in (None, "ab", ["a", "b"])),
        lambda: run(None),
        lambda: simulate(None),
        lambda: simulate(ohmic(), {"R": [1.0]}, cache=3.5),
        lambda: simulate(ohmic(), {"R": [1.0]}, workers="2", cache=False),
        lambda: simulate(ohmic(), [1.0]),
        lambda: simulate(ohmic(), {"R": {1.0, 2.0}}),
        lambda: simulate(ohmic(), {"R": np.ma.masked_array([1.0, 2.0], [False, True])}),
        lambda: simulate(ohmic(), settings=["R=1"]),
        *(lambda n=n: configure(host(), "vteam", samples=n) for n in (0, 1.5, "3", NAN)),
        *(lambda n=n: configure(host(), "vteam", seed=n) for n in (-1, 1.5, "3")),
        lambda: ParameterSpace(Parameter("a", 0.0, 1.0, "s")),
        lambda: ParameterSpace(("a",)),
        lambda: multisine(1.0, (1.0, 2.0), 5.0, -1),
        lambda: multisine(1.0, (1.0, 2.0), 5.0, "a"),
        lambda: multisine(1.0, (1e9, 2e9), 1.0, 0),
        lambda: sweep(1.0, (1.0, 1e9), 1.0),
        *(lambda n=n: instants(triangle(1.0, 1.0), n) for n in ("5", 2.5, NAN)),
        *(lambda n=n: triangle(1.0, 1.0).grid(n) for n in ("5", 2.5)),
        lambda: straight_pieces(CLOCK, np.full(12, NAN)),
        lambda: straight_pieces(CLOCK[::-1], CLOCK),
        lambda: straight_pieces(CLOCK, CLOCK[1:]),
    ],
)
def test_what_cannot_be_taken_is_one_line(call):
    with pytest.raises(DynsurError) as refused:
        call()
    assert "\n" not in str(refused.value)


def test_a_smooth_signal_is_an_array_whatever_it_is_given_as():
    import pandas as pd
    import torch

    given = np.sin(CLOCK)
    for samples in (list(given), pd.Series(given, index=CLOCK[::-1]), torch.tensor(given)):
        signal = Smooth(samples, 0.1)
        assert type(signal.values) is np.ndarray
        assert (signal(CLOCK) == Smooth(given, 0.1)(CLOCK)).all()


def records(count: int) -> xr.Dataset:
    """Return records whose current is their number plus the voltage, as rows."""
    voltage = np.tile(np.sin(CLOCK), (count, 1))
    current = voltage + np.arange(count)[:, None]
    units = {"voltage": "V", "current": "A"}
    series = {
        name: (("device", "time"), rows, {"units": units[name]})
        for name, rows in (("voltage", voltage), ("current", current))
    }
    return xr.Dataset(series, coords={"time": CLOCK})


@pytest.mark.parametrize("count", [3, CLOCK.size])  # of a square, a shape says nothing
@pytest.mark.parametrize("axes", [("device", "time"), ("time", "device")])
def test_records_of_xarray_lie_along_their_dimensions(tmp_path, count, axes):
    data = records(count)
    for name in ("current", "voltage"):
        data[name] = data[name].transpose(*axes)
    from_recordings(data, tmp_path / "s.zarr", inputs=["voltage"], outputs=["current"])
    stored = datasets.open(tmp_path / "s.zarr")
    np.testing.assert_array_equal(stored.current, records(count).current)


def test_records_along_other_dimensions_are_refused(tmp_path):
    data = records(3).rename(device="a")
    data["current"] = data.current.rename(a="b")
    with pytest.raises(DynsurError, match="one dimension of records and one of instants"):
        from_recordings(data, tmp_path / "s.zarr", inputs=["voltage"], outputs=["current"])
    assert not list(tmp_path.iterdir())


def test_a_dataset_of_ones_own_is_told_how_it_becomes_a_store(tmp_path):
    records(3).to_zarr(tmp_path / "own.zarr", consolidated=False)
    with pytest.raises(DynsurError, match=r"dynsur\.datasets\.from_recordings\("):
        open_store(tmp_path / "own.zarr")
