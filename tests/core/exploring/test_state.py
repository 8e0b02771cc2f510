"""A link reproduces what it was taken from, and says what in it is not understood."""

from urllib.parse import parse_qsl

import pytest
from dynsur.core import DynsurError
from dynsur.core.exploring import Drive, State
from dynsur.core.exploring.drives import Drives, usual_fields
from dynsur.core.exploring.state import command_line, read_query
from dynsur.core.systems import Parameter, ParameterSpace
from hypothesis import given
from hypothesis import strategies as st

SPACE = ParameterSpace(
    (
        Parameter("k", 1e-3, 1e3, "N/m", scale="log"),
        Parameter("m", 1.0, 3.0, "kg", domain=(0.0, 100.0)),
        Parameter("n", 1.0, 4.0, "1", default=2.0, choices=(1.0, 2.0, 4.0)),
        Parameter("g", 9.81, 9.81, "m/s^2"),
    )
)
USUAL = Drive("own", usual_fields(5.0, 2.0))
OUTPUTS = ("position", "speed")

devices = st.fixed_dictionaries(
    {
        "k": st.floats(1e-6, 1e6),
        "m": st.floats(0.0, 100.0),
        "n": st.sampled_from([1.0, 2.0, 4.0]),
        "g": st.floats(-1e3, 1e3),
    }
)


def read(query):
    return read_query(dict(parse_qsl(query)), SPACE, OUTPUTS, USUAL)


@given(
    st.lists(devices, min_size=1, max_size=2),
    st.sampled_from(["own", "triangle", "sine", "pulses"]),
    st.sampled_from(OUTPUTS),
)
def test_a_link_reproduces_its_state_to_the_last_digit(devices, kind, output):
    state = State(tuple(devices), Drive(kind, USUAL.fields), output)
    assert read(state.query(SPACE)) == (state, [])


@given(st.lists(st.sampled_from(["own", "triangle", "sine", "pulses"]), min_size=2, max_size=2))
def test_a_link_names_the_drive_of_each_of_several_inputs(kinds):
    own = {name: Drive("own", usual_fields(1.0, 2.0, 3.0)) for name in ("force", "heat")}
    drives = {n: Drive(k, d.fields) for (n, d), k in zip(own.items(), kinds, strict=True)}
    state = State((SPACE.values(),), Drives(drives), "speed", "heat")
    query = dict(parse_qsl(state.query(SPACE)))
    found, wrong = read_query(query, SPACE, OUTPUTS, Drives(own))
    assert (found, wrong) == (state, [])


def test_a_wrong_drive_of_one_input_leaves_the_other():
    own = Drives(dict.fromkeys(("force", "heat"), USUAL))
    query = {"drive.force": "sine", "drive.heat": "sine", "drive.heat.period": "0", "input": "x"}
    state, wrong = read_query(query, SPACE, OUTPUTS, own)
    assert [drive.kind for drive in state.drive.by_input.values()] == ["sine", "own"]
    assert len(wrong) == 2
    assert "unknown input 'x'" in wrong[0]
    assert "the link's drive.heat is left out: " in wrong[1]


def test_a_second_device_of_defaults_is_kept():
    state = State((SPACE.values(), SPACE.values()), USUAL, "speed")
    assert len(read(state.query(SPACE))[0].devices) == 2


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("a.q=1", "unknown parameter 'q'"),
        ("a.m=heavy", "must be a number"),
        ("a.m=-1", r"must lie in \[0, 100\] kg"),
        ("b.n=3", "must be one of 1, 2, 4"),
        ("output=colour", "unknown output"),
        ("drive=square", "unknown drive"),
        ("drive=triangle&drive.period=-1", "period"),
        ("whatever=1", "not known"),
    ],
)
def test_what_a_link_says_wrongly_is_left_out_and_told(query, told):
    state, [line] = read(query)
    assert state.devices[0] == SPACE.values()
    assert state.drive == USUAL
    with pytest.raises(DynsurError, match=told):
        raise DynsurError(line)


def test_the_command_line_sets_what_is_free_or_changed():
    device = SPACE.values({"m": 2.5})
    line = command_line("simulate", "a b", {"simulator.points": "99"}, SPACE, device, "drive.csv")
    assert line == (
        "dynsur simulate 'a b' --set simulator.points=99 --set k=1.0 --set m=2.5 --set n=2.0 "
        "--waveform drive.csv"
    )
    assert "g=1.62" in command_line("predict", "x", {"g": "1.62"}, SPACE, {**device, "g": 1.62})
