"""What analyses, searches, fits and imports are given wrongly is refused in one line."""

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, figures_of_merit, from_recordings
from dynsur.core.design import Candidates, design, nondominated, optimise, read_goals
from dynsur.core.inference import FitOptions, measured, question
from dynsur.core.merits import merit_band, parse_condition, parse_expression
from dynsur.core.response import SimulatedResponder, open_responder
from dynsur.core.sensitivity import sensitivity
from lag import LAG
from ohmic import ohmic

R = SimulatedResponder("ohmic", ohmic())
FIT = SimulatedResponder("lag", LAG)
NAN = float("nan")
CLOCK = np.linspace(0.0, 1.0, 30)
LOOP = measured("loop", CLOCK, np.sin(6.0 * CLOCK), CLOCK, "current")
TABLE = {"time (s)": CLOCK, "voltage (V)": np.sin(CLOCK), "current (A)": CLOCK}


def candidates():
    return Candidates(R, read_goals(R, ["peak"], ["current_minimum"]))


def costs(x):
    return np.stack([x[:, 0], 1.0 - x[:, 0]], 1), np.zeros((len(x), 0))


SENSITIVITY = [
    *({"of": of} for of in ([1], [None], ["nothing"], [""], {"peak": 1}, 5, [["peak"]], [b"peak"])),
    *({"base": base} for base in (0, -1, 100.5, "x", NAN, None, 8)),
    *({"seed": seed} for seed in (-1, None, "x", 1.5)),
    *({"read": read} for read in (0, NAN, np.inf, "x", [1, 2])),
    *({"where": where} for where in ("nothing > 1", 5, "peak >", "peak", "peak > 1e99")),
    *({"over_time": name} for name in ("nothing", 5, ["current"] * 2)),
    *({"draws": np.full((10, 2), value)} for value in (NAN, 2.0, -1.0)),
    *({"draws": draws} for draws in ([1, 2], np.zeros((0, 2)), np.zeros((10, 1)), "x")),
]
DESIGN = [
    *({"population": n} for n in (0, -3, 1.5, "x", NAN, None)),
    *({"generations": n} for n in (0, "x", None)),
    *({"points": n} for n in (0, -1, "x", 1.5)),
    *({"seed": n} for n in (-1, "x", None)),
]
GOALS = [
    ([5], [], []), (["peak"], [None], []), (["peak"], [], [5]), (["peak > 1"], [], []),
    ([], [], []), (5, [], []), (["nothing"], [], []), (["peak"], ["peak"], []),
    (["peak"], [], ["peak"]),
]  # fmt: skip
RECORDS = [
    *({"inputs": names} for names in (None, [], [5], 5, ["absent"], ["voltage"] * 2, ["time"])),
    *({"units": units} for units in (5, {"voltage": 5}, {"voltage": "mV"}, {"absent": "V"})),
    *({"resample": step} for step in (0, -1, NAN, "x", 1e9, 1e-12)),
    *({"names": names} for names in (5, [5], ["a", "b"])),
    *({"parameters": given} for given in (5, {"R": [1.0]}, {"R (ohm)": [1.0, 2.0]})),
    *({"out": out} for out in (None, 5, "a\0b", "x" * 300)),
    {"name": 5},
]


def answers(call, *arguments, **named):
    """Return the message of a refusal, which must be one line."""
    with pytest.raises(DynsurError) as refused:
        call(*arguments, **named)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("wrong", SENSITIVITY, ids=repr)
def test_a_sensitivity(wrong):
    answers(sensitivity, R, **{"of": ["peak"], "base": 64, **wrong})


@pytest.mark.parametrize("given", [None, "ohmic", R.simulator, 5], ids=repr)
def test_what_does_not_answer_for_a_system(given):
    assert "open_responder" in answers(sensitivity, given, ["peak"])
    assert "open_responder" in answers(read_goals, given, ["peak"])


@pytest.mark.parametrize("wrong", DESIGN, ids=repr)
def test_a_design(wrong):
    small = {"population": 8, "generations": 2, "points": 2}
    answers(design, candidates(), **{**small, **wrong})


@pytest.mark.parametrize("texts", GOALS, ids=repr)
def test_goals(texts):
    answers(read_goals, R, *texts)


def test_a_search():
    small = {"population": 8, "generations": 2}
    answers(optimise, costs, 0, 2, 0, **small)
    answers(optimise, lambda x: (x[:, 0], x), 1, 2, 0, **small)
    answers(optimise, lambda x: (NAN * costs(x)[0], costs(x)[1]), 1, 2, 0, **small)
    for wrong in (np.zeros(3), "x", None):
        answers(nondominated, wrong)
    assert nondominated([[1, 2], [2, 1], [3, 3]]).tolist() == [True, True, False]  # type: ignore


@pytest.mark.parametrize("text", [None, 5, b"peak", "", "a.b", "(" * 300, "lambda: 0"], ids=repr)
def test_an_expression(text):
    answers(parse_expression, text)
    answers(parse_condition, text)


@pytest.mark.parametrize("share", [0, 1, -1, NAN, 2, "x"])
def test_the_share_of_a_band(share):
    answers(merit_band, np.arange(50.0), share)


@pytest.mark.parametrize("data", [None, "x", xr.Dataset(), xr.Dataset({"a": ("sample", [1.0])})])
def test_what_has_no_figures_of_merit(data):
    answers(figures_of_merit, data)


@pytest.mark.parametrize("wrong", RECORDS, ids=lambda wrong: f"{wrong!r:.60}")
def test_recordings(wrong, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    named = {"inputs": ["voltage"], "outputs": ["current"], "out": "out.zarr", **wrong}
    answers(from_recordings, TABLE, named.pop("out"), **named)
    assert not list(tmp_path.iterdir())


def test_one_name_needs_no_list(tmp_path):
    found = from_recordings(TABLE, tmp_path / "out.zarr", inputs="voltage", outputs="current")
    assert [v.name for v in (*found.inputs, *found.outputs)] == ["voltage", "current"]


def test_a_fit():
    x = CLOCK
    for arrays in (
        (["a"] * 30, x, x),
        ([], [], []),
        (x, x, 1j * x),
        (x[:3], x, x),
        (x, x, NAN * x),
    ):
        answers(measured, "loop", *arrays, "current")
    for loops in ([], LOOP, "x", [None], [measured("loop", x, np.sin(6 * x), x, "nothing")]):
        answers(question, FIT, loops)
    for noise in (5, {"x": 1}, {"relative": -1}, {"relative": NAN}, {"relative": "x"}):
        answers(question, FIT, [LOOP], noise)
    for nuisances in (5, ["x"], [5]):
        answers(question, FIT, [LOOP], {}, nuisances)
    for name, least in (("particles", 100), ("chains", 1), ("checks", 0), ("seed", 0)):
        for wrong in (least - 1, least + 0.5, "x", NAN, None):
            assert name in answers(FitOptions, **{name: wrong})


@pytest.mark.parametrize("wrong", [(None,), (5,), ("",), ("lorenz", 5), ("lorenz", {5: 1})])
def test_what_is_opened(wrong):
    answers(open_responder, *wrong)
