"""`--json` prints one JSON value for programs, which agrees with what lies on the disk."""

import json

import numpy as np
import pytest
import xarray as xr
from dynsur.cli.console import print_json


@pytest.fixture
def told(dynsur):
    """Runs the program with --json and returns its exit code and the value it prints."""

    def call(*arguments, code=0):
        found, out, _ = dynsur(*arguments, "--json")
        assert found == code
        return json.loads(out)

    return call


def test_what_is_no_number_is_null(capsys):
    print_json({"a": np.array([1.0, np.nan]), "b": (np.int64(2), np.bool_(True), -np.inf), 3: None})
    assert json.loads(capsys.readouterr().out) == {
        "a": [1.0, None],
        "b": [2, True, None],
        "3": None,
    }


def test_simulate_and_predict_tell_ranges_merits_and_files(told, model, tmp_path):
    store, table = tmp_path / "one.zarr", tmp_path / "one.csv"
    simulated = told("simulate", "duffing", "--set", "alpha=2", "--out", store)
    data = xr.open_zarr(store)
    ends = simulated["outputs"]["displacement"]
    assert ends["largest"] == float(data.displacement.max())
    assert ends["units"] == "m"
    assert simulated["parameters"]["alpha"] == 2.0
    assert simulated["out"] == str(store)
    peak = simulated["merits"]["displacement_peak"]
    assert peak["value"] == pytest.approx(float(np.abs(data.displacement).max()))
    predicted = told("predict", model, "--out", table)
    assert predicted["out"] == str(table)
    assert set(predicted) >= {"system", "parameters", "inputs", "outputs", "merits"}


def test_predictions_of_a_table_tell_what_each_system_is_unfamiliar_by(told, model, tmp_path):
    devices = tmp_path / "devices.csv"
    devices.write_text("alpha\n1.0\n1000.0\n")
    found = told("predict", model, "--table", devices, "--out", tmp_path / "all.zarr")
    assert found["systems"] == 2
    assert len(found["unfamiliar"]) == 2


def test_a_store_is_generated_verified_judged_and_learnt_from(told, dynsur, tmp_path):
    store, folder = tmp_path / "d.zarr", tmp_path / "model"
    arguments = ("--samples", 12, "--workers", 1, "--out", store)
    assert told("generate", "duffing", *arguments)["status"]["ok"] == 12
    sound = told("verify", store, "--rerun", 2)
    assert (sound["damaged"], sound["rerun"], sound["faults"]) == (False, 2, [])
    merits = told("merit", store, "--of", "displacement_peak")
    peak = merits["merits"]["displacement_peak"]
    largest = np.abs(xr.open_zarr(store).displacement).max("time")
    assert peak["defined"] == merits["samples"] == 12
    assert peak["quantiles"]["0.5"] == pytest.approx(float(np.median(largest)))
    trained = told("train", store, "--epochs", 2, "--out", folder, "--set", "training.threads=1")
    assert trained["history"] == json.loads((folder / "history.json").read_text())
    assert trained["best"]["validation"] == min(e["validation"] for e in trained["history"])
    chunk = next((store / "displacement").glob("c.*"))
    chunk.write_bytes(b"damaged")
    damaged = told("verify", store, "--rerun", 0, code=1)
    assert damaged["damaged"]
    assert "displacement" in {fault["variable"] for fault in damaged["faults"]}


def test_searches_tell_the_rows_of_their_tables(told, tmp_path):
    about = ("--system", "--workers", 1)
    ranking = told(
        "sensitivity", "duffing", "--of", "displacement_peak", "--base", 64, *about,
        "--out", tmp_path / "ranking",
    )  # fmt: skip
    rows = ranking["indices"]
    assert {row["quantity"] for row in rows} == {"displacement_peak"}
    assert all(row["total_low"] <= row["total"] <= row["total_high"] for row in rows)
    assert str(tmp_path / "ranking" / "indices.csv") in ranking["files"]
    designs = told(
        "design", "duffing", "--maximise", "displacement_peak", "--population", 4,
        "--generations", 1, *about,
    )["designs"]  # fmt: skip
    assert all(design["simulated displacement_peak (m)"] > 0 for design in designs)


def test_a_check_tells_each_promise(told):
    checked = told("plugins", "check", "huber")
    assert {result["kind"] for result in checked} == {"loss"}
    assert all(result["failure"] == "" for result in checked)
