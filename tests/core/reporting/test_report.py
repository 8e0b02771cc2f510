"""The report holds the run's numbers and pictures, and says what is wrong in one line."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.reporting import report
from dynsur.core.reporting.report import write_report
from dynsur.core.reporting.tables import comparison, counts, reasons, variables
from dynsur.core.store.samples import open_store


@pytest.fixture(scope="module")
def memristors():
    path = Path(__file__).parents[1] / "toys" / "memristors.py"
    spec = importlib.util.spec_from_file_location("report_memristors", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def run(memristors, tmp_path_factory):
    folder = memristors.make_run(tmp_path_factory.mktemp("run"))
    page = write_report(folder).read_text(encoding="utf-8")
    return folder, page.replace("\N{NO-BREAK SPACE}", " ")  # which keeps numbers with their units


def test_the_page_needs_no_other_file(run):
    _, page = run
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_every_picture_is_a_file_too(run):
    folder, page = run
    names = {path.stem for path in (folder / "figures").iterdir()}
    kinds = ("dataset", "curves", "deviation", "parity", "errors")
    assert names == {"learning", *(f"{kind}_current" for kind in kinds)}
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in (folder / "figures").iterdir())
    assert page.count("<figure>") == len(names)


def cells(page, name):
    row = re.search(rf"<tr><td>{re.escape(name)}</td>(.*?)</tr>", page)[1]
    return re.findall(r">([^<]+)</td>", row)


def test_the_numbers_stand_beside_both_baselines(run):
    _, page = run
    assert cells(page, "current · nrmse (n = 14) · median") == ["0.0441", "12346", "0.3"]
    assert cells(page, "current · nrmse (n = 14) · max") == ["0.7", "–", "–"]
    assert cells(page, "current · floor curves · n") == ["1", "–", "–"]
    assert cells(page, "split · by") == ["simulation"]


def test_the_page_begins_in_words_and_says_what_is_wrong(run):
    _, page = run
    beginning = page.partition("<h2>")[0]
    assert "36 simulations finished, 4 failed" in beginning
    assert "A predicted curve of the current is off by 4.4 % of its span" in beginning
    assert "The most similar simulation of the training would be off by 30 %." in beginning
    assert "4 of 40 simulations did not finish, most often because of: t = # s:" in beginning
    assert "These figures rest on 14 held-out simulations only." in beginning
    assert "voltage from -" in beginning


def test_the_words_name_no_publication_and_no_device(run):
    page = run[1].lower()
    for word in ("paper", "figure 2", "figure 3", "memristor device", "trivial"):
        assert word not in page, word


def test_one_simulation_is_no_plural():
    assert report._counted({"ok": 1, "failed": 1}) == "1 simulation finished, 1 failed"


def test_details_are_folded_away_and_the_configuration_stands_once(memristors, tmp_path):
    folder = memristors.make_run(tmp_path, 20)
    setup = {"experiment": "mine", "seed": 7, "simulator": {"points": 101, "space": {}}}
    (folder / "run.json").write_text(json.dumps({"samples": 20, "setup": setup}))
    page = write_report(folder).read_text("utf-8")
    assert "<h1>mine</h1>" in page
    assert page.count("points</td>") == 1
    assert page.index("Every number of the evaluation") > page.index("<h2>Details</h2>")
    assert page.count("<details>") == page.count("</details>") >= 5


def test_the_compact_table_holds_the_deciding_errors(run):
    _, page = run
    assert cells(page, "error / span of the curve") == ["4.4 %", "1.2 × 10⁶ %", "30 %"]


def test_times_carry_their_unit(run):
    _, page = run
    assert cells(page, "seconds per curve · surrogate, one curve") == ["1.25 ms"]
    assert cells(page, "training, 60 epochs") == ["90 s"]
    assert cells(page, "whole stage: training") == ["93 s"]


def test_only_the_samples_of_the_run_are_reported(memristors, tmp_path):
    folder = memristors.make_run(tmp_path, 20, evaluated=False)
    (folder / "run.json").write_text('{"samples": 5}')
    assert "5 simulations finished</p>" in write_report(folder).read_text("utf-8")


def test_failures_are_counted_by_reason_and_escaped(run):
    folder, page = run
    store = open_store(folder / "data.zarr")
    assert counts(store)["ok"] == 36
    assert counts(store)["failed"] == 4
    assert reasons(store) == [("t = # s: <Newton> did not converge", 4)]
    assert "&lt;Newton&gt;" in page
    assert "<Newton>" not in page


def test_ranges_are_those_of_the_finished_samples(run):
    store = open_store(run[0] / "data.zarr")
    voltage, current = variables(store)
    assert (voltage["role"], current["role"]) == ("input", "output")
    assert current["high"] == np.nanmax(store["current"].values)
    assert current["low"] == np.nanmin(store["current"].values)


def test_symbols_and_units_are_written_as_people_do(run):
    assert "<td>U<sub>max</sub></td><td>amplitude</td>" in run[1]


def test_a_dataset_alone_is_a_report(memristors, tmp_path):
    page = write_report(memristors.make_run(tmp_path, 20, evaluated=False)).read_text("utf-8")
    assert "Not evaluated yet" in page
    assert "Not trained yet." in page
    assert page.count("<figure>") == 1


def test_no_dataset_is_one_clear_line(tmp_path):
    with pytest.raises(DynsurError, match="not a dynsur store"):
        write_report(tmp_path)


@pytest.mark.parametrize("name", ["metrics.json", "history.json", "run.json"])
def test_a_damaged_file_is_named_and_the_report_kept(memristors, tmp_path, name):
    folder = memristors.make_run(tmp_path, 10, evaluated=False)
    (folder / "report.html").write_text("old")
    (folder / name).write_text("{")
    with pytest.raises(DynsurError, match=name):
        write_report(folder)
    assert (folder / "report.html").read_text() == "old"


def test_comparison_keeps_the_order_and_the_statement():
    metrics = {"model": {"mse": 1}, "baselines": {"b": {"mae": 2}, "a": {}}, "seed": 3}
    columns, rows, statement = comparison(json.loads(json.dumps(metrics)))
    assert columns == ["model", "b", "a"]
    assert rows == [("mse", [1, None, None]), ("mae", [None, 2, None])]
    assert statement == {"seed": 3}
