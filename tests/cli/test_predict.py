"""`dynsur predict` of one system or a table, and `dynsur export-model`."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from dynsur.core import Surrogate, triangle

TABLE = pd.DataFrame({"delta": [0.1, 0.3, 0.5, 0.2], "force": [0.2, 0.9, 0.5, 0.1]})


@pytest.fixture
def dynsur(tmp_path, monkeypatch, dynsur):
    """Runs the program in a folder of its own, which holds tables of devices."""
    monkeypatch.chdir(tmp_path)
    TABLE.to_csv("devices.csv", index=False)
    TABLE.to_parquet("devices.parquet")
    return dynsur


@pytest.mark.parametrize("table", ["devices.csv", "devices.parquet"])
def test_a_table_gives_what_its_rows_give_one_by_one(model, dynsur, table, monkeypatch):
    monkeypatch.setattr("dynsur.core.surrogate.predict.BATCH", 3)
    code, told, error = dynsur(
        "predict", model, "--table", table, "--set", "beta=0.7", "--out", "all.zarr"
    )
    assert code == 0, error
    assert told == "wrote 4 predictions to all.zarr\n"
    assert "which have their defaults: alpha=1 1/s^2, period=20 s" in error
    assert "predictions 4/4" in error
    data = xr.open_zarr("all.zarr").load()
    assert dict(data.sizes) == {"sample": 4, "time": 501}
    for i, row in TABLE.iterrows():
        fixed = [text for name, value in row.items() for text in ("--set", f"{name}={value!r}")]
        out = f"{i}.zarr"
        assert dynsur("predict", model, *fixed, "--set", "beta=0.7", "--out", out)[0] == 0
        single = xr.open_zarr(out)
        for name in ("time", "drive", "displacement"):
            np.testing.assert_allclose(data[name][i], single[name], rtol=1e-5, atol=1e-9)
        assert single.attrs["weights"] == data.attrs["weights"]
        assert "not simulated" in single.attrs["title"]
    for name, values in {**TABLE, "beta": 0.7, "alpha": 1.0, "period": 20.0}.items():
        np.testing.assert_array_equal(data[name], np.broadcast_to(values, 4))


def test_columns_are_chosen_for_the_table_and_the_waveform(model, dynsur, tmp_path):
    (tmp_path / "wave.csv").write_text("a,b,c\n0,0,9\n3000,0.4,9\n9000,-0.4,9\n12000,0,9\n")
    (tmp_path / "named.csv").write_text("name;wert\nA;0,1\nB;0,2\n")
    chosen = "delta=wert,time=1:ms,drive=b"
    files = ("--table", "named.csv", "--waveform", "wave.csv", "--columns", chosen)
    code, _, error = dynsur("predict", model, *files, "--out", "all.zarr")
    assert code == 0, error
    assert "wave.csv: 4 points, 12 s, ±0.4" in error
    assert "named.csv: 2 systems, delta in" in error
    data = xr.open_zarr("all.zarr")
    assert data["delta"].values.tolist() == [0.1, 0.2]
    assert data["time"].values[:, -1].tolist() == [12.0, 12.0]
    for wrong in (("--columns", "detla=2"), ("--columns", "delta=7")):
        code, _, error = dynsur("predict", model, *files[:2], *wrong, "--out", "new")
        assert code == 2
        assert wrong[1].partition("=")[0] in error


def test_a_waveform_drives_a_whole_table(model, dynsur, tmp_path):
    (tmp_path / "wave.csv").write_text("0,0\n3,0.4\n9,-0.4\n12,0\n")
    done = dynsur(
        "predict", model, "--table", "devices.csv", "--waveform", "wave.csv", "--out", "all.zarr"
    )
    assert done[0] == 0, done
    data = xr.open_zarr("all.zarr")
    expected = Surrogate.load(model).respond(dict(TABLE.items()), triangle(0.4, 12.0))
    np.testing.assert_allclose(data["drive"], expected["drive"], atol=1e-12)
    np.testing.assert_allclose(data["displacement"], expected["displacement"], rtol=1e-5)


def test_force_replaces_a_store_and_nothing_else_does(model, dynsur):
    arguments = ("predict", model, "--table", "devices.csv", "--out", "all.zarr")
    assert dynsur(*arguments)[0] == 0
    before = xr.open_zarr("all.zarr").load()
    TABLE[:2].to_csv("devices.csv", index=False)
    code, _, error = dynsur(*arguments)
    assert code == 2
    assert "'all.zarr' exists" in error
    xr.testing.assert_identical(xr.open_zarr("all.zarr").load(), before)
    assert dynsur(*arguments, "--force")[0] == 0
    assert xr.open_zarr("all.zarr").sizes["sample"] == 2


def test_what_lies_outside_the_training_is_said(model, dynsur, tmp_path):
    (tmp_path / "wave.csv").write_text("0,0\n1,7\n")
    code, _, error = dynsur("predict", model, "--set", "force=2.5", "--waveform", "wave.csv")
    assert code == 0
    assert "outside of the training: force = 2.5, trained on 0.1 to 1; drive reaches 7" in error
    assert dynsur("predict", model, "--set", "force=0.5")[2] == ""


def test_a_table_says_how_many_systems_lie_outside_and_keeps_why(model, dynsur):
    TABLE.assign(force=[0.5, 3.0, 0.2, 4.0]).to_csv("far.csv", index=False)
    code, _, error = dynsur("predict", model, "--table", "far.csv", "--out", "far.zarr")
    assert code == 0
    assert "outside of the training: 2 of 4 systems, system 2: force = 3, trained on" in error
    told = xr.open_zarr("far.zarr")["unfamiliar"].values.tolist()
    assert [bool(reason) for reason in told] == [False, True, False, True]


def test_the_band_of_one_system_is_written_and_drawn(model, dynsur):
    assert dynsur("predict", model, "--out", "one.zarr", "--plot", "one.png")[0] == 0
    data = xr.open_zarr("one.zarr")
    assert (data.displacement_low <= data.displacement_high).all()
    assert data.attrs["unfamiliar"] == ""


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (("--table", "devices.csv"), ["it needs --out"]),
        (("--table", "devices.csv", "--out", "new", "--plot", "iv.png"), ["draws no --plot"]),
        (("--table", "absent.csv", "--out", "new"), ["cannot read the table 'absent.csv'"]),
        (("--table", "bad.csv", "--out", "new"), ["line 3 of 'bad.csv'", "'delta'", "'low'"]),
        (
            ("--table", "devices.txt", "--out", "new"),
            ["cannot read the table 'devices.txt'"],
        ),
        (
            ("--table", "devices.csv", "--set", "force=1", "--out", "new"),
            ["'force' is a column of 'devices.csv' and set by --set"],
        ),
        (("--table", "devices.csv", "--out", "/proc/new"), ["cannot write '/proc/new'"]),
        (("--table", "devices.csv", "--out", "bad.csv", "--force"), ["are a zarr store"]),
        (("--table", "devices.csv", "--cycles", "2", "--out", "new"), ["takes no cycles"]),
        (("--set", "model.width=3"), ["'model.width' is settled by the training"]),
        (("--set", "dataset=paper"), ["'dataset' is settled by the training"]),
        (("--set", "detla=1"), ["unknown parameter 'detla'; did you mean 'delta'?"]),
        (("--set", "delta=0.1:0.2"), ["takes one value here, not a range"]),
    ],
    ids=lambda value: " ".join(map(str, value)),
)
def test_a_mistake_is_one_line_and_writes_nothing(model, dynsur, tmp_path, arguments, messages):
    (tmp_path / "bad.csv").write_text("delta,force\n0.1,0.2\nlow,0.2\n")
    before = sorted(tmp_path.rglob("*"))
    code, _, error = dynsur("predict", model, *arguments)
    assert code == 2
    assert len([line for line in error.splitlines() if line.startswith("dynsur: ")]) == 1
    for message in messages:
        assert message in error.splitlines()[-1]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_model_is_exported_from_its_run_folder(model, dynsur, tmp_path):
    import torch

    code, told, error = dynsur("export-model", tmp_path, "duffing.pt2")
    assert code == 0, error
    assert told.startswith("wrote duffing.pt2; its outputs differ from the model's by ")
    assert "tracing hdinn" in error
    program = torch.export.load("duffing.pt2").module()
    one = (torch.zeros(1, 20, 1, dtype=torch.float64), torch.ones(1, 5, dtype=torch.float64))
    assert program(*one).shape == (1, 20, 1)
    code, _, error = dynsur("export-model", model, "duffing.pt2")
    assert code == 2
    assert "'duffing.pt2' exists" in error
    code, _, error = dynsur("export-model", model, "duffing.pb")
    assert code == 2
    assert "must end in .onnx or .pt2" in error.splitlines()[-1]
    assert dynsur("export-model", model, model, "--force")[0] == 2


def test_one_curve_can_be_a_table_and_no_other_ending_is_taken(model, dynsur, tmp_path):
    code, _, error = dynsur("predict", model, "--out", "curve.csv")
    assert code == 0, error
    header, first = (tmp_path / "curve.csv").read_text(encoding="utf-8").splitlines()[:2]
    assert header.startswith("time (s),drive (")
    assert float(first.split(",")[0]) == 0.0
    code, _, error = dynsur("predict", model, "--out", "curve.txt")
    assert code == 2
    assert "must end in .zarr" in error
    assert not (tmp_path / "curve.txt").exists()


def test_a_store_of_predictions_is_shown_but_not_taken_for_simulations(model, dynsur):
    assert dynsur("predict", model, "--table", "devices.csv", "--out", "predicted.zarr")[0] == 0
    code, told, error = dynsur("info", "predicted.zarr")
    assert code == 0, error
    assert "4 predicted" in told
    assert dynsur("export", "predicted.zarr", "predicted.parquet")[0] == 0
    for command in (("train", "predicted.zarr"), ("verify", "predicted.zarr")):
        code, _, error = dynsur(*command)
        assert code == 2, command
        assert "holds predictions of a surrogate" in error


def test_the_response_of_one_system_is_told_from_a_store(model, dynsur):
    assert dynsur("predict", model, "--out", "one.zarr")[0] == 0
    assert dynsur("simulate", "duffing", "--out", "simulated.zarr")[0] == 0
    for store in ("one.zarr", "simulated.zarr"):
        for command in (("info", store), ("export", store, "one.nc"), ("merit", store)):
            code, _, error = dynsur(*command)
            assert code == 2, command
            assert f"'{store}' holds the response of one system" in error
            assert "xarray.open_zarr" in error
