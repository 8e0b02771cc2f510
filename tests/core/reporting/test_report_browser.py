"""The report's own drawing of held-out curves, in a real browser."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from browsing import tab
from dynsur.core.evaluation.predictions import open_predictions
from dynsur.core.reporting.report import write_report


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = Path(__file__).parents[1] / "toys" / "memristors.py"
    spec = importlib.util.spec_from_file_location("browser_memristors", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    folder = module.make_run(tmp_path_factory.mktemp("run"))
    return folder, write_report(folder)


def content(page):
    text = page.read_text(encoding="utf-8")
    (found,) = re.findall(r'<script type="application/json">(.*?)</script>', text)
    return json.loads(found)


def test_the_curves_are_those_of_the_predictions_from_best_to_worst(run):
    folder, page = run
    predictions = open_predictions(folder)
    shown = content(page)
    assert shown["labels"][0].startswith("time (")
    numbers = [int(re.search(r"sample (\d+)", c["title"])[1]) for c in shown["curves"]]
    assert len(numbers) == len(set(numbers)) > 5
    worst = predictions.isel(
        sample=int(np.flatnonzero(predictions["sample"].values == numbers[-1])[0])
    )
    assert float(worst["nrmse"]) == np.nanmax(predictions["nrmse"].values)
    rows = np.unique(np.linspace(0, predictions.sizes["time"] - 1, 121).round().astype(int))
    for series, name in zip(
        shown["curves"][-1]["series"][-2:], ("current", "current_predicted"), strict=True
    ):
        drawn = np.array(series, float)
        np.testing.assert_allclose(drawn, worst[name].values[rows], rtol=5e-4)


def test_the_slider_and_the_scale_redraw_the_panels(run, tmp_path):
    from selenium.webdriver.common.keys import Keys

    browser = tab(tmp_path)
    try:
        browser.driver.get(run[1].as_uri())
        shown = content(run[1])

        def inside(selector):
            return browser.driver.find_elements("css selector", f".browse {selector}")

        def points():
            return [line.get_attribute("points") for line in inside("polyline")]

        assert (
            inside(".title")[0].text
            == f"1 of {len(shown['curves'])}: " + (shown["curves"][0]["title"])
        )
        first = points()
        assert len(first) == 4  # simulated and predicted, over the voltage and over time
        inside("input")[0].send_keys(Keys.END)
        last = points()
        assert inside(".title")[0].text.endswith(shown["curves"][-1]["title"])
        assert last != first
        inside("input")[1].click()
        assert points() != last
        # Over time the curve fills its panel from the left to the right.
        x = [float(pair.split(",")[0]) for pair in points()[2].split()]
        assert x == sorted(x)
    finally:
        browser.driver.quit()
