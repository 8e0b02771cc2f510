"""A stage is done while its results are as it wrote them; a damaged record loses no simulation."""

import importlib
import json
import shutil

import numpy as np
import pytest
from displays import Heard, nothing
from dynsur.core import DynsurError, configure, host
from dynsur.core.evaluation.predictions import open_predictions
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.reporting.report import write_report
from dynsur.core.store.export import export
from dynsur.core.store.samples import create_or_extend, write_chunk
from dynsur.core.store.summary import describe as store_summary
from dynsur.core.surrogate.persistence import read_model
from dynsur.core.workflow.learning import evaluate_alone, train_alone
from dynsur.core.workflow.run import run

SETTINGS = {"training.epochs": 2, "model.width": 4, "training.threads": 1}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stages") / "run"
    simulator = host().simulator("duffing")
    create_or_extend(folder / "data.zarr", simulator, 12, 0, 12)
    write_chunk(folder / "data.zarr", 0, simulate_rows(simulator, simulator.space.sample(0, 0, 12)))
    again(folder)
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "run")
    return tmp_path / "run"


def again(folder):
    heard = Heard()
    run(configure(host(), "duffing", SETTINGS, 12), folder, nothing, heard)
    return [text for text in heard if "up to date" not in text]


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("metrics.json", "evaluating"),
        ("predictions.zarr/displacement/c/0/0", "evaluating"),
        ("history.json", "training nlss"),
        ("model/model.safetensors", "training nlss"),
    ],
)
def test_a_result_that_was_damaged_is_made_again(folder, name, stage):
    assert again(folder) == []
    before = (folder / name).read_bytes()
    weights = {n: tensor.clone() for n, tensor in read_model(folder / "model")[1].items()}
    flip(folder / name)
    if not name.startswith("model"):
        with pytest.raises(DynsurError, match=r"is damaged: it is not as it was written"):
            write_report(folder)
    assert stage in again(folder)
    if name not in ("metrics.json", "model/model.safetensors"):  # times, and any order of entries
        assert (folder / name).read_bytes() == before
    assert all((read_model(folder / "model")[1][n] == weights[n]).all() for n in weights)
    write_report(folder)


def test_a_run_whose_record_is_lost_or_damaged_is_continued(folder):
    record = folder / "run.json"
    weights = {n: tensor.clone() for n, tensor in read_model(folder / "model")[1].items()}
    flip(record)
    with pytest.raises(DynsurError, match=r"run.json.*(remove it|invalid)"):
        again(folder)
    record.unlink()
    again(folder)
    assert all((read_model(folder / "model")[1][n] == weights[n]).all() for n in weights)


def test_what_a_killed_writer_leaves_does_not_block_a_folder(tmp_path):
    simulator = host().simulator("duffing")
    create_or_extend(tmp_path / "d.zarr", simulator, 12, 0, 12)
    rows = simulate_rows(simulator, simulator.space.sample(0, 0, 12))
    write_chunk(tmp_path / "d.zarr", 0, rows)
    model = tmp_path / "model"
    model.mkdir()
    for name in (".4711.training.json", ".training.json.4711", ".4711.training.safetensors"):
        (model / name).write_text("half")
    train_alone(configure(host(), "duffing", SETTINGS, 12), tmp_path / "d.zarr", model, Heard())
    assert (model / "model.json").exists()


def test_a_damaged_state_of_a_training_is_told(folder):
    flip(folder / "model" / "training.safetensors")
    flip(folder / "model" / "model.json")
    told = again(folder)
    assert any("training.safetensors" in text and "starts anew" in text for text in told)


@pytest.mark.parametrize(
    "name", ["report.html", "metrics.json", "model/model.json", "model/training.safetensors"]
)
def test_a_folder_where_a_result_belongs_is_refused_before_any_work(folder, name):
    (folder / name).unlink()
    (folder / name).mkdir()
    record = (folder / "run.json").read_bytes()
    with pytest.raises(DynsurError, match=rf"{name}' is a folder where a file belongs"):
        again(folder)
    assert (folder / "run.json").read_bytes() == record


def test_results_of_others_are_kept_by_an_evaluation(folder, tmp_path):
    other = tmp_path / "other"
    (other / "predictions.zarr").mkdir(parents=True)
    with pytest.raises(DynsurError, match=r"was not written by an evaluation; .*--force"):
        evaluate_alone(folder, folder / "data.zarr", other, Heard())
    assert not list((other / "predictions.zarr").iterdir())
    evaluate_alone(folder, folder / "data.zarr", other, Heard(), force=True)
    evaluate_alone(folder, folder / "data.zarr", other, Heard())


def test_predictions_of_another_layout_are_not_opened(folder):
    file = folder / "predictions.zarr" / "displacement" / "zarr.json"
    described = json.loads(file.read_text("utf-8"))
    described["codecs"] = [{"name": "numcodecs.pickle"}]
    file.write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(DynsurError, match=r"codec 'numcodecs.pickle', which dynsur does not write"):
        open_predictions(folder)


def test_predictions_are_described_and_exported_like_simulations(folder, tmp_path):
    pytest.importorskip("pyarrow")
    held = open_predictions(folder)
    told = store_summary(folder / "predictions.zarr")
    assert told["status"] == {"predicted": held.sizes["sample"]}
    assert set(told["outputs"]) == {"displacement"}
    export(folder / "predictions.zarr", tmp_path / "p.parquet")
    table = importlib.import_module("pyarrow.parquet").read_table(tmp_path / "p.parquet")
    assert table["sample"].to_pylist() == held.sample.values.tolist()  # indices in the store
    metrics = [n for n, v in held.data_vars.items() if v.attrs["role"] == "metric"]
    assert metrics
    for name in metrics:
        np.testing.assert_array_equal(table[name], held[name])


def test_predictions_that_lost_a_chunk_are_not_taken_for_values(folder, tmp_path):
    chunks = (folder / "predictions.zarr" / "displacement" / "c").rglob("*")
    next(path for path in chunks if path.is_file()).unlink()
    for read in (store_summary, lambda p: export(p, tmp_path / "p.nc")):
        with pytest.raises(DynsurError, match="not as it was written"):
            read(folder / "predictions.zarr")
    assert not (tmp_path / "p.nc").exists()


def test_a_model_is_not_evaluated_on_a_store_that_lost_a_chunk(folder, tmp_path):
    (folder / "data.zarr" / "displacement" / "c.0.0").unlink()
    with pytest.raises(DynsurError, match=r"c\.0\.0' is lost"):
        evaluate_alone(folder, folder / "data.zarr", tmp_path / "e", Heard())


def test_history_and_metrics_of_another_shape_are_one_line(folder):
    (folder / "run.json").unlink()
    (folder / "metrics.json").write_text('{"model": {}, "baselines": [1]}', encoding="utf-8")
    with pytest.raises(DynsurError, match=r"results in .* are damaged"):
        write_report(folder)
