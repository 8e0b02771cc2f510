"""Training is reproducible, resumable, chooses by validation and fails clearly."""

import dataclasses

import numpy as np
import pytest
import torch
from dynsur.core import DynsurError
from dynsur.core.registry.configuration import Training
from dynsur.core.training.checkpoint import FILE, best_weights
from dynsur.core.training.loop import train
from learning import Dense, SquaredError, make_data, make_store

SHORT = Training(epochs=6, batch_size=8, learning_rate=1e-2, threads=1, device="cpu")


@pytest.fixture(scope="module")
def data():
    return make_data(make_store())


def _losses(history):
    return [(row["train"], row["validation"]) for row in history]


def _same(first, second):
    a, b = best_weights(first), best_weights(second)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_it_learns_and_tells_each_epoch(data, tmp_path):
    rows = []
    long = dataclasses.replace(SHORT, epochs=60)
    history = train(
        Dense(), SquaredError(), data, long, seed=0, folder=tmp_path, progress=rows.append
    )
    assert rows == history
    assert [row["epoch"] for row in history] == list(range(1, len(history) + 1))
    assert history[-1]["validation"] < 0.2 * history[0]["validation"]


def test_the_seed_decides(data, tmp_path):
    folders = [tmp_path / name for name in "abc"]
    histories = [
        train(Dense(), SquaredError(), data, SHORT, seed=seed, folder=folder)
        for seed, folder in zip((1, 1, 2), folders, strict=True)
    ]
    assert _losses(histories[0]) == _losses(histories[1])
    assert _same(folders[0], folders[1])
    assert not _same(folders[0], folders[2])


def test_an_interrupted_training_goes_on_to_the_same_weights(data, tmp_path):
    def interrupt(row):
        if row["epoch"] == 3:
            raise KeyboardInterrupt

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    expected = train(Dense(), SquaredError(), data, SHORT, seed=1, folder=whole)
    with pytest.raises(KeyboardInterrupt):
        train(Dense(), SquaredError(), data, SHORT, seed=1, folder=broken, progress=interrupt)
    rows = []
    resumed = train(
        Dense(), SquaredError(), data, SHORT, seed=1, folder=broken, progress=rows.append
    )
    assert [row["epoch"] for row in rows] == [4, 5, 6]
    assert _losses(resumed) == _losses(expected)
    assert _same(whole, broken)


def test_a_checkpoint_of_another_training_or_a_damaged_one_is_not_continued(data, tmp_path):
    train(Dense(), SquaredError(), data, SHORT, seed=1, folder=tmp_path)
    rows = []
    train(Dense(), SquaredError(2.0), data, SHORT, seed=1, folder=tmp_path, progress=rows.append)
    assert len(rows) == 6
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:100])
    train(Dense(), SquaredError(2.0), data, SHORT, seed=1, folder=tmp_path, progress=rows.append)
    assert len(rows) == 12


def test_the_best_epoch_is_kept_and_patience_ends_the_training(data, tmp_path):
    # Targets of the validation part that run away from what is learnt: epoch by epoch worse.
    away = dataclasses.replace(data.validation, target=data.validation.target - 50)
    data = dataclasses.replace(
        data,
        train=dataclasses.replace(data.train, target=data.train.target + 50),
        validation=away,
    )
    impatient = dataclasses.replace(SHORT, epochs=50, patience=4)
    history = train(Dense(), SquaredError(), data, impatient, seed=1, folder=tmp_path)
    assert [row["epoch"] for row in history] == [1, 2, 3, 4, 5]
    first = tmp_path / "first"
    with pytest.raises(KeyboardInterrupt):
        train(
            Dense(), SquaredError(), data, impatient, seed=1, folder=first,
            progress=lambda row: (_ for _ in ()).throw(KeyboardInterrupt),
        )  # fmt: skip
    assert _same(tmp_path, first)


def test_a_diverging_training_says_so(data, tmp_path):
    broken = dataclasses.replace(data.train, target=data.train.target * np.float32(np.inf))
    with pytest.raises(DynsurError, match="diverged in epoch 1"):
        train(
            Dense(), SquaredError(), dataclasses.replace(data, train=broken), SHORT, seed=1,
            folder=tmp_path,
        )  # fmt: skip


class Stumbles(SquaredError):  # noqa: N818
    """NaN at one call, counted from 1, and at no other."""

    def __init__(self, stumble):
        super().__init__()
        object.__setattr__(self, "calls", iter(range(1, 10_000)))
        object.__setattr__(self, "stumble", stumble)

    def __call__(self, prediction, target):
        value = super().__call__(prediction, target)
        return value * float("nan") if next(self.calls) == self.stumble else value


def test_an_epoch_that_diverges_is_undone_and_repeated_at_half_the_rate(data, tmp_path):
    smooth = train(Dense(), SquaredError(), data, SHORT, seed=1, folder=tmp_path / "smooth")
    calls = 3 * (-(-len(data.train) // SHORT.batch_size) + -(-len(data.validation) // 64))
    history = train(Dense(), Stumbles(calls), data, SHORT, seed=1, folder=tmp_path / "stumbling")
    assert [row["epoch"] for row in history] == [1, 2, 3, 4, 5, 6]
    undone = next(i for i, row in enumerate(history) if row["setbacks"])
    assert _losses(history[:undone]) == _losses(smooth[:undone])
    for row, steady in zip(history[undone:], smooth[undone:], strict=True):
        assert row["setbacks"] == 1
        assert row["learning_rate"] == 0.5 * steady["learning_rate"]
    assert np.isfinite(_losses(history)).all()


def test_a_few_instants_of_each_curve_are_enough_where_instants_do_not_see_one_another(
    data, tmp_path
):
    few = dataclasses.replace(SHORT, epochs=30, instants=3)
    all_of_them = dataclasses.replace(SHORT, epochs=30)
    losses = [
        train(Dense(), SquaredError(), data, training, seed=1, folder=tmp_path / name)[-1]
        for name, training in (("few", few), ("all", all_of_them))
    ]
    assert losses[0]["validation"] == pytest.approx(losses[1]["validation"], rel=0.2)


def test_the_callers_torch_is_left_as_it_was(data, tmp_path):
    torch.manual_seed(7)
    expected = torch.rand(3)
    threads = torch.get_num_threads()
    torch.manual_seed(7)
    train(Dense(), SquaredError(), data, SHORT, seed=1, folder=tmp_path)
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads
