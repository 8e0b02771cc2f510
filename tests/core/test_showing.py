"""What a notebook shows is what a person can read, for every system."""

import pytest
from dynsur.core import Parameter, ParameterSpace, Surrogate
from dynsur.core.registry import host

SPACE = ParameterSpace(
    (
        Parameter("rate", 0.1, 10.0, "1/s", scale="log", long_name="speed <of> it"),
        Parameter("fixed", 2.0, 2.0, "1"),
    )
)


def test_a_space_is_a_line_for_each_parameter():
    assert repr(SPACE) == (
        "2 parameters, 1 of them free\n  rate   0.1 … 10 1/s, log  speed <of> it\n  fixed  2"
    )
    assert "<td style='text-align:left'>speed &lt;of&gt; it</td>" in SPACE._repr_html_()


@pytest.mark.parametrize("name", sorted(host().offers("dynsur_simulators")))
def test_a_system_says_what_it_is(name):
    simulator = host().simulator(name)
    lines = repr(simulator).splitlines()
    assert lines[0] == f"System '{name}': {simulator.description}"
    assert len(lines) == 2 + len(simulator.inputs) + len(simulator.outputs) + len(simulator.space)
    assert simulator._repr_html_().startswith("<b>System")


def test_a_surrogate_is_shown_in_a_few_lines():
    surrogate = Surrogate.load("reram")
    assert len(repr(surrogate)) < 1000
    assert "network: modulated with" in repr(surrogate)
    assert "<table>" in surrogate._repr_html_()
