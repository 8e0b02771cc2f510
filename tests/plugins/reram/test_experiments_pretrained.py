"""The trained surrogate that ships with the package is as accurate as its card says."""

import re
from pathlib import Path

import numpy as np
import pytest
from dynsur.core import Surrogate
from dynsur.core.evaluation.metrics import log_error, nrmse
from dynsur.plugins import reram
from dynsur.plugins.reram import ReRAM

FOLDER = Path(reram.__file__).parent / "pretrained"
COUNT, FLOOR = 200, 1e-15
SLACK = 1.5  # two hundred devices are a sample


@pytest.fixture(scope="module")
def surrogate():
    return Surrogate.load("reram")


def card():
    """Return the median and the 95th percentile of each error that the card states."""
    text = (FOLDER / "README.md").read_text()
    rows = re.findall(r"\| (log error|nRMSE)[^|]*\| ([\d.]+) \(([\d.]+)\)", text)
    return {name: (float(median), float(high)) for name, median, high in rows}


def test_it_errs_no_more_than_its_card_says(surrogate):
    columns = ReRAM().space.sample(seed=99, start=0, count=COUNT)
    curves = surrogate.respond(columns)
    # The coarse solve errs by a third of what is judged here, and is quick.
    given = columns, {"voltage": curves["voltage"]}, curves["time"], curves["time"]
    true = ReRAM().coarse(*given)
    solved = (true["reason"] == "") & (np.abs(true["current"]).max(axis=1) > FLOOR)
    found, expected = curves["current"][solved], true["current"][solved]
    errors = {"log error": log_error(found, expected, FLOOR), "nRMSE": nrmse(found, expected)}
    assert card().keys() == errors.keys()
    for name, (median, high) in card().items():
        assert np.nanmedian(errors[name]) < SLACK * median, name
        assert np.nanquantile(errors[name], 0.95) < SLACK * high, name


def test_a_folder_of_that_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reram").mkdir()
    with pytest.raises(Exception, match="no trained model"):
        Surrogate.load("reram")


def test_it_is_small_enough_to_ship():
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 8e6
