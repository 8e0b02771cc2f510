"""What is trained on recordings by default depends on what was recorded."""

import pytest
from dynsur.core import Variable
from dynsur.core.registry.recorded import Recorded, experiment_on, only_parameter
from dynsur.core.systems import Parameter, ParameterSpace


def recorded(points, outputs, parameter=None):
    seen = tuple(Variable(f"y_{k}", "V") for k in range(outputs))
    space = ParameterSpace((parameter or only_parameter(),))
    return Recorded("bench", (Variable("u", "V"),), seen, space, points, 0.1)


@pytest.mark.parametrize(
    ("points", "outputs", "states"), [(500, 1, 3), (500, 2, 4), (188_000, 1, 6), (188_000, 4, 8)]
)
def test_long_records_and_many_outputs_have_more_states(points, outputs, states):
    assert experiment_on(recorded(points, outputs)).settings["model.states"] == states


def test_several_specimens_are_learnt_on_windows():
    several = recorded(188_000, 1, Parameter("area", 1.0, 2.0, "um^2"))
    experiment = experiment_on(several)
    assert experiment.model == "nlss"
    assert "model.states" not in experiment.settings
    assert Recorded.from_json(several.to_json()) == several
