"""The page in a real browser: what the hand moves, what is drawn, what leaves."""

import csv
import io
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import pytest
import toy_page
from browsing import serving, tab
from dynsur.core.exploring.curves import curve
from dynsur.core.systems import triangle

TOYS = Path(toy_page.__file__)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    opened = tab(tmp_path_factory.mktemp("browser"))
    with serving(str(TOYS)) as address:
        opened.address = address
        yield opened
        opened.driver.quit()


@pytest.fixture(scope="module")
def responder():
    return toy_page.responder()


def drawn(page, name):
    return {k: np.array(v, float) for k, v in page.data(name).items()}


def asked(page):
    """Return the devices that the address of the page names."""
    from urllib.parse import parse_qsl

    pairs = dict(parse_qsl(urlparse(page.driver.current_url).query))
    return {k: v for k, v in pairs.items() if k[:2] in ("a.", "b.")}


def agrees(page, responder, name, parameters, waveform=None, row=0):
    """Whether the curve that the page draws is the one that the API gives."""
    expected = curve(responder.respond(parameters, waveform), row, "y")
    found = drawn(page, name)
    return len(found["time"]) == len(expected["time"]) and all(
        np.allclose(found[k], expected[k], rtol=1e-9, atol=0, equal_nan=True)
        for k in ("time", "input", "output", "size", "low", "high")
    )


def test_the_page_draws_what_the_api_answers_and_loads_nothing_from_elsewhere(page, responder):
    page.requested()
    page.open(page.address)
    assert agrees(page, responder, "quick-a", {})
    page.until(lambda: page.text("status") == "")
    hosts = {urlparse(url).hostname for url in page.requested() if url.startswith("http")}
    assert hosts == {"127.0.0.1"}


def test_the_curve_and_its_band_follow_the_slider(page, responder):
    from selenium.webdriver.common.keys import Keys

    page.open(page.address)
    before = page.value("a.a", "value")
    page.press("a.a", Keys.ARROW_RIGHT * 40)
    value = page.until(lambda: (v := page.value("a.a", "value")) > before and v)
    page.until(lambda: agrees(page, responder, "quick-a", {"a": page.value("a.a", "value")}))
    assert page.value("a.a.text", "value") == f"{page.value('a.a', 'value'):.5g}"
    assert value > before
    page.until(lambda: "a.a" in asked(page))
    assert "predict layered --set a=" in page.value("commands", "value")


PAINTED = """
const view = Bokeh.index.find_one(model('input-output'))
const {canvas, pixel_ratio} = view.canvas_view.overlays
const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
const {left, right, top, bottom} = view.frame.bbox
let inside = 0, outside = 0
for (let i = 3; i < pixels.length; i += 4) {
  if (!pixels[i]) continue
  const pixel = (i - 3) / 4
  const x = pixel % canvas.width / pixel_ratio, y = Math.floor(pixel / canvas.width) / pixel_ratio
  if (x < left - 1 || x > right + 1 || y < top - 1 || y > bottom + 1) outside++
  else inside++
}
return [inside, outside]
"""


def test_curves_are_painted_above_their_axes_and_inside_of_the_frame_when_zoomed(page):
    page.open(page.address)
    page.until(lambda: page.run(PAINTED)[0] > 100)
    page.run("model('input-output').x_range.start = 0; model('input-output').y_range.end = 0.1")
    page.until(lambda: page.run("return model('input-output').y_range.end") == 0.1)
    inside, outside = page.run(PAINTED)
    assert inside > 100
    assert outside == 0


SWEEP = """
const slider = model('a.a'), range = model('input-output').y_range
const first = slider.value, last = arguments[0], steps = 20
window.ends = []
let step = 0
const move = setInterval(() => {
  slider.value = first + (last - first) * ++step / steps
  window.ends.push(range.end)
  if (step == steps) clearInterval(move)
}, 20)
"""


def swept(page, responder, value):
    """Move the slider of `a` to a value; return the ends of the loop's axis meanwhile."""
    page.run(SWEEP, value)
    page.until(lambda: page.value("a.a", "value") == value)
    page.until(lambda: agrees(page, responder, "quick-a", {"a": value}))
    return page.run("return window.ends")


SAMPLES = """
const legend = model('input-output').above.find((m) => m.type === 'Legend')
const canvases = Bokeh.index.find_one(legend).shadow_el.querySelectorAll('canvas')
return [...canvases].filter((canvas) => {
  const {width, height} = canvas
  return canvas.getContext('2d').getImageData(0, 0, width, height).data.some((value) => value)
}).length
"""


def test_the_legend_keeps_the_samples_of_its_lines(page, responder):
    page.open(page.address)
    page.until(lambda: page.run(SAMPLES) == 1)
    swept(page, responder, 0.9)  # so little that the axes stay as they are
    page.until(lambda: asked(page).get("a.a") == "0.9")  # the hand rests
    assert page.run(SAMPLES) == 1


def test_an_axis_holds_while_the_hand_moves_and_closes_in_when_it_rests(page, responder):
    page.open(page.address)
    end = page.run("return model('input-output').y_range.end")
    assert set(swept(page, responder, 0.5)) == {end}
    page.until(lambda: page.run("return model('input-output').y_range.end") < 0.7 * end)


def test_what_a_user_zooms_to_is_left_alone(page, responder):
    page.open(page.address)
    page.run("model('input-output').y_range.end = 7")
    assert set(swept(page, responder, 2.0)) == {7}


def test_a_link_shows_the_same_again(page, responder):
    page.open(f"{page.address}?a.a=0.75&b.a=1.75&b.T=2.0&drive=triangle&drive.amplitude=1.5")
    wave = triangle(1.5, float(page.value("drive.period", "value")))
    both = {"a": [0.75, 1.75], "T": [responder.space["T"].value, 2.0]}
    page.until(lambda: agrees(page, responder, "quick-b", both, wave, row=1))
    assert agrees(page, responder, "quick-a", both, wave)
    assert asked(page) == {"a.a": "0.75", "b.a": "1.75", "b.T": "2.0"}
    assert page.text("message") == ""


def test_a_link_that_says_nonsense_says_so_and_shows_the_rest(page, responder):
    page.open(f"{page.address}?a.a=much&a.T=3.0&<b>=1")
    page.until(lambda: agrees(page, responder, "quick-a", {"T": 3.0}))
    assert "parameter 'a' must be a number" in page.text("message")
    assert "'<b>' is not known" in page.text("message")


def test_what_lies_outside_of_the_training_is_marked(page, responder):
    page.open(page.address)
    assert page.text("unfamiliar") == ""
    page.type("a.a.text", "5")
    told = page.until(lambda: page.text("unfamiliar"))
    assert "outside of the training: a = 5, trained on 0.5 to 2" in told
    assert agrees(page, responder, "quick-a", {"a": 5.0})


def test_a_value_without_sense_is_refused_in_one_line(page):
    page.open(page.address)
    page.type("a.a.text", "11")
    told = page.until(lambda: page.text("message"))
    assert "parameter 'a' must lie in [0, 10] S; got 11" in told
    assert page.value("a.a.text", "value") == "1.25"


def test_the_solver_answers_beside_the_model_with_its_inner_state(page, responder):
    page.open(f"{page.address}?a.a=0.9")
    page.click("simulate")
    page.until(lambda: len(page.data("solved-a")["time"]))
    expected = responder.simulate({"a": 0.9})
    np.testing.assert_allclose(drawn(page, "solved-a")["output"], expected.outputs["y"][0])
    page.until(lambda: page.run("return model('profiles').children[0].type") == "Row")
    assert "Device A, solver" in page.text("merits")


def test_a_measured_file_is_overlaid_and_a_bad_one_is_refused(page, tmp_path):
    page.open(page.address)
    good, bad = tmp_path / "loop.csv", tmp_path / "shopping list.csv"
    good.write_text("u (mV);y (mA)\n0;0\n500;2\n1000;5\n0;1\n")
    bad.write_text("apples,pears\n3,4\n5,6\n")
    page.element("file", "input").send_keys(str(good))
    page.until(lambda: len(page.data("measured")["output"]))
    np.testing.assert_allclose(page.data("measured")["input"], [0.0, 0.5, 1.0, 0.0])
    np.testing.assert_allclose(page.data("measured")["output"], [0.0, 2e-3, 5e-3, 1e-3])
    page.element("file", "input").send_keys(str(bad))
    told = page.until(lambda: page.text("message"))
    assert "'shopping list.csv'" in told
    assert "Traceback" not in told
    assert "/tmp" not in told
    assert len(page.data("measured")["output"]) == 0
    assert len(page.data("quick-a")["output"])


def test_curves_leave_as_csv_with_all_digits(page, responder):
    page.open(f"{page.address}?a.a=0.8")
    page.click("csv")
    rows = list(csv.reader(io.StringIO(page.downloaded("curves.csv").decode())))
    assert rows[0] == ["curve", "time (s)", "u (V)", "y (A)", "y_low (A)", "y_high (A)"]
    table = np.array([[float(x) for x in row[1:]] for row in rows[1:]])
    answer = responder.respond({"a": 0.8})
    np.testing.assert_array_equal(table[:, 0], answer.time[0])
    np.testing.assert_allclose(table[:, 2], answer.outputs["y"][0], rtol=1e-12)


def test_the_picture_holds_one_colour_for_each_device(page, tmp_path):
    from matplotlib.image import imread

    page.open(f"{page.address}?b.a=1.9")
    page.until(lambda: len(page.data("quick-b")["time"]))
    page.click("png")
    (tmp_path / "page.png").write_bytes(page.downloaded("curves.png"))
    pixels = imread(tmp_path / "page.png")[..., :3]
    for colour in ("1f5fa8", "c8501e"):
        wanted = np.array([int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)])
        assert (np.abs(pixels - wanted).max(axis=2) < 0.02).sum() > 100, colour


def test_a_fit_moves_the_sliders_to_the_device_that_was_measured(page, responder, tmp_path):
    true = responder.respond({"a": 0.8, "T": 3.0})
    rows = zip(true.time[0], true.inputs["u"][0], true.outputs["y"][0], strict=True)
    text = "".join(f"{float(t)!r},{float(u)!r},{float(y)!r}\n" for t, u, y in rows)
    (tmp_path / "device.csv").write_text("t (s),u (V),y (A)\n" + text)
    page.open(page.address)
    page.element("file", "input").send_keys(str(tmp_path / "device.csv"))
    page.until(lambda: page.value("fit", "visible"))
    page.click("fit")
    page.until(lambda: abs(float(page.value("a.a.text", "value")) - 0.8) < 1e-3)
    assert abs(float(page.value("a.T.text", "value")) - 3.0) < 1e-3
