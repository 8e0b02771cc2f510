"""Training and evaluation alone: done with the same inputs they are skipped, killed they resume."""

import contextlib
import shutil

import pytest
import torch
from dynsur.core import DynsurError, configure, host
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import create_or_extend, write_chunk
from dynsur.core.store.zarr_group import consolidate, open_group
from dynsur.core.surrogate.persistence import read_model
from dynsur.core.systems.variables import Status
from dynsur.core.workflow.learning import evaluate_alone, train_alone

SMALL = {"training.epochs": 3, "model.width": 4}


class Heard(list):
    """A display that remembers; it may end the program in the middle of a training."""

    def __init__(self, dies_after=None):
        super().__init__()
        self.dies_after = dies_after

    def stage(self, text):
        self.append(text)

    def trained(self, row, epochs):
        self.append(row["epoch"])
        if row["epoch"] == self.dies_after:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("learning") / "duffing.zarr"
    simulator = host().simulator("duffing")
    create_or_extend(path, simulator, 12, 0, 12)
    columns = simulator.space.sample(0, 0, 12)
    write_chunk(path, 0, simulate_rows(simulator, columns))
    return path


def setup(**settings):
    return configure(host(), "duffing", {**SMALL, **settings}, 12)


def test_a_finished_training_is_found_done(store, tmp_path):
    train_alone(setup(), store, tmp_path / "model", Heard())
    before = (tmp_path / "model" / "model.safetensors").read_bytes()
    again = Heard()
    train_alone(setup(), store, tmp_path / "model", again)
    assert again == ["model: up to date, skipped"]
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == before


def test_an_interrupted_training_ends_with_the_same_weights(store, tmp_path):
    train_alone(setup(), store, tmp_path / "whole", Heard())
    with contextlib.suppress(KeyboardInterrupt):
        train_alone(setup(), store, tmp_path / "cut", Heard(dies_after=1))
    resumed = Heard()
    train_alone(setup(), store, tmp_path / "cut", resumed)
    assert [step for step in resumed if isinstance(step, int)] == [2, 3]
    whole, cut = (read_model(tmp_path / name)[1] for name in ("whole", "cut"))
    assert whole.keys() == cut.keys()
    assert all(torch.equal(whole[name], cut[name]) for name in whole)


def test_too_few_samples_are_refused_before_a_folder_is_made(store, tmp_path):
    few = shutil.copytree(store, tmp_path / "few.zarr")
    open_group(few, "r+")["status"][:4] = Status.MISSING
    with pytest.raises(DynsurError, match=r"holds 8 finished samples of 12; training needs"):
        train_alone(setup(), few, tmp_path / "model", Heard())
    assert not (tmp_path / "model").exists()


def test_a_damaged_status_is_named(store, tmp_path):
    damaged = shutil.copytree(store, tmp_path / "damaged.zarr")
    chunk = next(path for path in (damaged / "status").rglob("c*") if path.is_file())
    chunk.write_bytes(chunk.read_bytes()[:-1] + b"\xd1")
    with pytest.raises(DynsurError, match=r"is damaged: .*status"):
        train_alone(setup(), damaged, tmp_path / "model", Heard())


def test_data_that_a_dataset_refuses_leave_no_folder(store, tmp_path, monkeypatch):
    def refuse(*_):
        raise DynsurError("no common clock")

    wanted = setup()
    monkeypatch.setattr(type(wanted.dataset), "prepare", refuse)
    with pytest.raises(DynsurError, match="no common clock"):
        train_alone(wanted, store, tmp_path / "model", Heard())
    assert not (tmp_path / "model").exists()


def test_another_setup_or_a_foreign_folder_is_refused_and_kept(store, tmp_path):
    train_alone(setup(), store, tmp_path / "model", Heard())
    with pytest.raises(DynsurError, match=r"holds a model with another .*epochs \(3, now 4\)"):
        train_alone(setup(**{"training.epochs": 4}), store, tmp_path / "model", Heard())
    (tmp_path / "thesis.tex").write_text("months of work", encoding="utf-8")
    with pytest.raises(DynsurError, match="is not a model folder"):
        train_alone(setup(), store, tmp_path, Heard())
    assert (tmp_path / "thesis.tex").exists()


def test_evaluation_is_skipped_while_model_and_store_are_the_same(store, tmp_path):
    train_alone(setup(), store, tmp_path / "model", Heard())
    first, second = Heard(), Heard()
    metrics = evaluate_alone(tmp_path / "model", store, tmp_path / "model", first)
    again = evaluate_alone(tmp_path / "model", store, tmp_path / "model", second)
    assert again == metrics
    assert first == ["evaluating"]
    assert second == ["metrics: up to date, skipped"]


def test_a_training_says_that_samples_do_not_follow_from_the_seed(store, tmp_path):
    shutil.copytree(store, tmp_path / "d.zarr")
    group = open_group(tmp_path / "d.zarr", "r+")
    group.update_attributes({"seed": 1})  # as where a store is joined to one of another seed
    consolidate(str(tmp_path / "d.zarr"))
    heard = Heard()
    train_alone(setup(), tmp_path / "d.zarr", tmp_path / "model", heard)
    assert any("is foreign" in str(text) and "dynsur merge" in str(text) for text in heard)
