"""A store of predictions holds what the surrogate says, complete or not at all, in any batches."""

import json

import numpy as np
import pytest
import xarray as xr
from driven import DEPARTING, PLAIN, Driven, Known, untrained
from dynsur.core import DynsurError, triangle
from dynsur.core.store.samples import status_counts
from dynsur.core.store.schema import layout
from dynsur.core.surrogate.applicability import Familiarity
from dynsur.core.surrogate.conformal import Calibration
from dynsur.core.surrogate.predict import SIMULATED, write_predictions


@pytest.fixture(scope="module")
def surrogate():
    return untrained(Known(), DEPARTING, provenance={"samples": 40})


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("dynsur.core.surrogate.predict.BATCH", 3)


def devices(count):
    return {name: Known.space.sample(2, 0, count)[name] for name in ("a", "T")}


def test_plain_xarray_reads_what_the_surrogate_says(surrogate, tmp_path, small_batches):
    seen = []
    out = tmp_path / "new" / "p.zarr"
    write_predictions(surrogate, devices(7), out, progress=lambda *done: seen.append(done))
    data = xr.open_zarr(out).load()
    for name, values in {**devices(7), **surrogate.respond(devices(7))}.items():
        np.testing.assert_allclose(data[name], values, rtol=1e-6)
    np.testing.assert_array_equal(data["fixed"], np.full(7, 3.0))
    assert seen == [(3, 7), (6, 7), (7, 7)]
    assert [p.name for p in out.parent.iterdir()] == ["p.zarr"]


def test_variables_are_those_of_a_simulated_store_and_it_says_that_they_are_predicted(
    surrogate, tmp_path
):
    write_predictions(surrogate, devices(2), tmp_path / "p.zarr")
    data = xr.open_zarr(tmp_path / "p.zarr")
    expected = {n: c for n, c in layout(Known()).items() if n not in SIMULATED}
    assert set(data.variables) == set(expected)
    for name, column in expected.items():
        assert data[name].attrs == column.attrs
        assert data[name].dims == (("sample", "time") if column.over_time else ("sample",))
    assert "not simulated" in data.attrs["title"]
    assert data.attrs["model"] == "hdinn"
    assert json.loads(data.attrs["trained_on"]) == {"samples": 40}
    with pytest.raises(DynsurError, match="holds predictions"):  # to train on, or to mend
        status_counts(tmp_path / "p.zarr")


def test_one_waveform_drives_all_systems(surrogate, tmp_path, small_batches):
    wave = triangle(1.5, 2.0, cycles=2)
    write_predictions(surrogate, devices(4), tmp_path / "p.zarr", wave)
    data = xr.open_zarr(tmp_path / "p.zarr")
    for i in range(4):
        np.testing.assert_array_equal(data["time"][i], wave.grid(Known.points))
        np.testing.assert_array_equal(data["u"][i], wave(wave.grid(Known.points)))


def test_what_stops_half_way_leaves_the_old_store(surrogate, tmp_path, small_batches):
    out = tmp_path / "p.zarr"
    write_predictions(surrogate, devices(2), out)
    before = xr.open_zarr(out).load()

    def interrupted(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_predictions(surrogate, devices(7), out, progress=interrupted)
    xr.testing.assert_identical(xr.open_zarr(out).load(), before)
    assert [p.name for p in tmp_path.iterdir()] == ["p.zarr"]


def test_a_prediction_that_is_not_finite_is_named_and_nothing_is_written(tmp_path, small_batches):
    from dataclasses import replace

    boundless = replace(PLAIN, outputs=(replace(PLAIN.outputs[0], offset=400.0),))
    surrogate = untrained(Driven(), boundless)
    with (
        pytest.raises(DynsurError, match="'y' of system 1 is not finite"),
        np.errstate(all="ignore"),
    ):
        write_predictions(surrogate, devices(4), tmp_path / "p.zarr")
    assert list(tmp_path.iterdir()) == []


def test_bands_and_what_is_unfamiliar_are_written_by_a_surrogate_that_knows_them(
    surrogate, tmp_path, small_batches
):
    from dataclasses import replace

    bands = Calibration("y", 0.9, 0.01, (), (2.0,))
    ranges = (("a", 0.5, 1.0), ("T", 1.0, 4.0), ("fixed", 3.0, 3.0))
    knowing = replace(
        surrogate, calibration=(bands,), familiarity=Familiarity(ranges, (), 1.0, 4.0)
    )
    given = {"a": np.array([0.6, 0.7, 0.8, 2.0]), "T": np.full(4, 2.0)}
    write_predictions(knowing, given, tmp_path / "p.zarr")
    data = xr.open_zarr(tmp_path / "p.zarr").load()
    assert ((data.y_low <= data.y) & (data.y <= data.y_high)).all()
    assert data.y_low.attrs["role"] == "band"
    assert "90%" in data.y_low.attrs["long_name"]
    assert data.unfamiliar.values.tolist() == ["", "", "", "a = 2, trained on 0.5 to 1"]
