import json

import numpy as np
import pytest
from dynsur.core import DynsurError, open_store
from dynsur.core.recordings import import_files
from dynsur.core.registry import simulator_of
from dynsur.core.store.samples import content_hash

TWO = {"inputs": ["voltage"], "outputs": ["current"]}


def sweep(path, count=200, unit="mA", step=0.01):
    t = step * np.arange(count)
    u = np.sin(5 * t)
    rows = "\n".join(f"{a:.4f},{b:.17g},{1e3 * b**3:.17g}" for a, b in zip(t, u, strict=True))
    path.write_text(f"time (s),voltage (V),current ({unit})\n{rows}\n")
    return t, u


def test_a_file_becomes_a_store_in_si_units_that_knows_its_origin(tmp_path):
    t, u = sweep(tmp_path / "a.csv")
    import_files([tmp_path / "a.csv"], tmp_path / "a.zarr", **TWO)
    data = open_store(tmp_path / "a.zarr").load()
    np.testing.assert_allclose(data.time[0], t, atol=1e-15)
    np.testing.assert_array_equal(data.voltage[0], u)
    np.testing.assert_allclose(data.current[0], u**3, rtol=1e-14)
    assert data.current.units == "A"
    assert json.loads(data.attrs["records"])[0]["file"] == "a.csv"
    assert data.attrs["content"] == content_hash(open_store(tmp_path / "a.zarr"))
    system = simulator_of(data.attrs)
    assert (system.name, system.step) == ("a", 0.01)
    with pytest.raises(DynsurError, match="was recorded"):
        system.simulate({})


def test_records_of_unequal_length_are_padded_and_their_lengths_known(tmp_path):
    folder = tmp_path / "sweeps"
    folder.mkdir()
    sweep(folder / "b.csv", 150)
    sweep(folder / "a.csv", 200)
    made = import_files([folder], tmp_path / "s.zarr", **TWO)
    data = open_store(tmp_path / "s.zarr").load()
    assert data.length.values.tolist() == [200, 150]
    for name in ("time", "voltage", "current"):
        assert np.isfinite(data[name].values).sum(axis=1).tolist() == [200, 150]
    assert "padded" in made.clock


def test_resampling_onto_the_own_clock_changes_nothing_and_its_error_is_recorded(tmp_path):
    _, u = sweep(tmp_path / "a.csv")
    import_files([tmp_path / "a.csv"], tmp_path / "same.zarr", resample=0.01, **TWO)
    data = open_store(tmp_path / "same.zarr")
    np.testing.assert_allclose(data.voltage[0], u, atol=1e-12)
    import_files([tmp_path / "a.csv"], tmp_path / "coarse.zarr", resample=0.02, **TWO)
    coarse = open_store(tmp_path / "coarse.zarr")
    np.testing.assert_allclose(coarse.voltage[0], u[::2], atol=1e-12)
    error = json.loads(coarse.attrs["resampling_error"])["voltage"]
    # Straight lines through every other sample miss a curve by h² |u''| / 2.
    assert error == pytest.approx(0.01**2 * 25 / 2 / np.ptp(u), rel=0.02)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("time (s),voltage,current (A)", "has no unit"),
        ("time (s),voltage (V),charge (C)", "current"),
        ("time (s),voltage (V),current (parsec)", "parsec"),
    ],
)
def test_columns_that_are_not_clear_are_refused_and_leave_nothing(tmp_path, header, message):
    sweep(tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text().partition("\n")[2]
    (tmp_path / "a.csv").write_text(f"{header}\n{text}")
    with pytest.raises(DynsurError, match=message):
        import_files([tmp_path / "a.csv"], tmp_path / "a.zarr", **TWO)
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_a_store_that_exists_is_not_touched(tmp_path):
    sweep(tmp_path / "a.csv")
    import_files([tmp_path / "a.csv"], tmp_path / "a.zarr", **TWO)
    before = open_store(tmp_path / "a.zarr").attrs["identity"]
    with pytest.raises(DynsurError, match="exists"):
        import_files([tmp_path / "a.csv"], tmp_path / "a.zarr", **TWO)
    assert open_store(tmp_path / "a.zarr").attrs["identity"] == before
