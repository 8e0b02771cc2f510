"""The page of a system with several inputs has a drive for each, and draws over the chosen one."""

import numpy as np
import pytest
from browsing import serving, tab
from dynsur.core.response import open_responder
from dynsur.core.systems import triangle


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    opened = tab(tmp_path_factory.mktemp("browser"))
    with serving("-m", "dynsur.cli.main", "explore", "quadruple-tank", "--no-browser") as address:
        opened.address = address
        yield opened
        opened.driver.quit()


def test_each_input_has_a_drive_of_its_own(page):
    page.open(page.address)
    assert page.value("drive.pump_1.offset", "value") == "3.5"
    page.choose("drive.pump_1", "triangle")
    wave = triangle(
        *(float(page.value(f"drive.pump_1.{n}", "value")) for n in ("amplitude", "period"))
    )
    responder = open_responder("quadruple-tank")
    shifted = type(wave)(wave.times, tuple(u + 3.5 for u in wave.values))
    expected = responder.respond({}, {"pump_1": shifted})
    drawn = page.until(
        lambda: (d := page.data("quick-a")) and max(d["input"]) > 3.99 and d["input"][1] > 3.5 and d
    )
    np.testing.assert_allclose(drawn["input"], expected.inputs["pump_1"][0], atol=1e-9)
    np.testing.assert_allclose(drawn["output"], expected.outputs["level_1"][0], rtol=1e-6)
    page.choose("input", "pump_2")
    own = expected.inputs["pump_2"][0]
    page.until(lambda: np.allclose(page.data("quick-a")["input"], own, atol=1e-9))
    page.choose("output", "level_2")
    level = expected.outputs["level_2"][0]
    page.until(lambda: np.allclose(page.data("quick-a")["output"], level, rtol=1e-6))
    page.until(lambda: "input=pump_2" in page.driver.current_url)
    assert "drive.pump_1=triangle" in page.driver.current_url
    assert "--waveform drive.csv" in page.value("commands", "value")
    page.click("drive-csv")
    assert page.downloaded("drive.csv").startswith(b"time (s),pump_1\n")
