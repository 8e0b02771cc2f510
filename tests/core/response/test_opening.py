"""A name or a folder is answered for by a model or by the system itself."""

import numpy as np
import pytest
from driven import DEPARTING, Known, untrained
from dynsur.core import DynsurError
from dynsur.core.response import open_responder


def test_a_system_answers_by_its_simulation():
    responder = open_responder("vteam", {"U_max": "1.2"})
    assert responder.surrogate is None
    assert responder.space["U_max"].is_fixed
    response = responder.respond({})
    simulated = responder.simulator.simulate(responder.space.values())
    np.testing.assert_array_equal(response.outputs["current"][0], simulated["current"])
    np.testing.assert_array_equal(response.inputs["voltage"][0], simulated["voltage"])


def test_a_shipped_model_comes_before_its_system_unless_the_system_is_meant():
    assert open_responder("reram").surrogate is not None
    assert open_responder("reram", system=True).surrogate is None


def test_settings_narrow_what_a_model_is_asked_for():
    responder = open_responder("reram", {"E_g": "1.3", "T": "290:310"})
    assert responder.space["E_g"].is_fixed
    assert (responder.space["T"].low, responder.space["T"].high) == (290.0, 310.0)


@pytest.mark.parametrize(
    ("text", "settings", "told"),
    [
        ("nothing", {}, "nothing"),
        ("runs/nothing", {}, "no folder 'runs/nothing'"),
        ("vteam", {"model.width": "3"}, "'model.width' cannot be set here"),
        ("vteam", {"model": "nlss"}, "'model' cannot be set here"),
        ("vteam", {"U_maxx": "3"}, "U_max"),
    ],
)
def test_what_nobody_answers_for_is_refused(text, settings, told):
    with pytest.raises(DynsurError, match=told):
        open_responder(text, settings)


def test_a_folder_comes_first(tmp_path, monkeypatch):
    untrained(Known(), DEPARTING).save(tmp_path / "reram")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DynsurError, match="known"):  # no plugin offers this toy
        open_responder("reram")
