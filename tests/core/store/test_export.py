"""What is exported holds the same numbers, with units, in the other format."""

import importlib

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError
from dynsur.core.store import figures_of_merit, merit_table
from dynsur.core.store.export import export, write_table
from dynsur.core.store.samples import finished, open_store
from memristors import make_run


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = make_run(tmp_path_factory.mktemp("run"), samples=40, evaluated=False)
    return folder / "data.zarr"


def test_netcdf_holds_every_finished_sample(store, tmp_path):
    assert export(store, tmp_path / "d.nc") == 36
    expected = finished(open_store(store)).load()
    with xr.open_dataset(tmp_path / "d.nc", engine="h5netcdf") as data:
        for name in ("time", "current", "g", "sample"):
            np.testing.assert_array_equal(data[name], expected[name])
        assert data["current"].attrs["units"] == "A"
        assert data.attrs["system"] == "memristors"


def test_parquet_holds_parameters_and_figures_of_merit(store, tmp_path, monkeypatch):
    from pyarrow import parquet

    module = importlib.import_module("dynsur.core.store.figures_of_merit")
    monkeypatch.setattr(module, "BLOCK", 10)
    assert export(store, tmp_path / "d.parquet") == 36
    table = parquet.read_table(tmp_path / "d.parquet")
    data = finished(open_store(store)).load()
    np.testing.assert_array_equal(table["sample"], data["sample"])
    np.testing.assert_array_equal(table["g"], data["g"])
    np.testing.assert_array_equal(table["current_peak"], np.abs(data["current"]).max("time"))
    assert table.schema.field("current_area_positive").metadata[b"units"] == b"A*V"
    assert table.schema.metadata[b"system"] == b"memristors"


def test_a_wrong_ending_or_a_missing_package_is_one_line(store, tmp_path, monkeypatch):
    with pytest.raises(DynsurError, match=r"must end in \.nc or \.parquet"):
        export(store, tmp_path / "d.csv")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(DynsurError, match="needs the package pyarrow"):
        export(store, tmp_path / "d.parquet")
    assert list(tmp_path.iterdir()) == []


def test_every_export_has_the_figures_of_merit(store, tmp_path):
    from pyarrow import parquet

    expected = figures_of_merit(finished(open_store(store)))
    export(store, tmp_path / "d.nc")
    export(store, tmp_path / "d.parquet")
    table = parquet.read_table(tmp_path / "d.parquet")
    with xr.open_dataset(tmp_path / "d.nc", engine="h5netcdf") as data:
        for name in expected.data_vars:
            np.testing.assert_array_equal(data[name], expected[name])
            np.testing.assert_array_equal(table[name], expected[name])
    assert {"current_on_off_ratio", "current_energy", "current_set_voltage"} <= set(expected)
    # The state of these devices multiplies the current by 31 and one, nearly.
    assert float(expected["current_on_off_ratio"].median()) == pytest.approx(30.0, rel=0.1)


def test_a_table_of_merits_is_read_back_by_other_libraries(store, tmp_path):
    import csv

    from pyarrow import parquet

    table = merit_table(store, of=["peak", "energy"])
    for name in ("t.csv", "t.parquet"):
        write_table(table, tmp_path / name)
    with (tmp_path / "t.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 36
    assert [float(r["current_energy (J)"]) for r in rows] == table["current_energy"].values.tolist()
    read = parquet.read_table(tmp_path / "t.parquet")
    np.testing.assert_array_equal(read["current_peak"], table["current_peak"])
    assert read.schema.field("g").metadata[b"units"] == b"A"
    with pytest.raises(DynsurError, match=r"must end in \.csv or \.parquet"):
        write_table(table, tmp_path / "t.txt")
