"""Settings reach the part they name, converted; anything else is refused with a hint."""

from importlib.metadata import entry_points

import pytest
from dynsur.core import DynsurError
from dynsur.core.registry.config_file import read_config
from dynsur.core.registry.configuration import Training, configure
from dynsur.core.registry.host import GROUP, Host

HOST = Host(p for p in entry_points(group=GROUP) if p.dist and p.dist.name == "dynsur")


def test_settings_reach_fields_parameters_and_choices():
    settings = {
        "E_g": "1.3",
        "mu_x": "1e-16:1e-12",
        "simulator.points": "101",
        "model.width": "8",
        "training.learning_rate": 1e-4,
        "dataset": "paper",
    }
    setup = configure(HOST, "reram", settings, samples=12, seed=3)
    space = setup.simulator.space
    assert space["E_g"].is_fixed
    assert space["E_g"].value == 1.3
    assert (space["mu_x"].low, space["mu_x"].high) == (1e-16, 1e-12)
    assert setup.simulator.points == 101
    assert setup.model.width == 8
    assert setup.training == Training(learning_rate=1e-4, threads=1)  # one as the experiment has it
    assert setup.dataset.name == "paper"
    assert (setup.samples, setup.seed) == (12, 3)
    assert configure(HOST, "reram", setup.settings, 12, 3) == setup


def test_an_experiments_own_settings_stand_where_the_user_gave_none():
    assert configure(HOST, "reram-tmdc", {}).dataset.threshold == 1e-6
    assert configure(HOST, "reram-tmdc", {"dataset.kept": "0.5"}).dataset.threshold == 1e-6
    assert configure(HOST, "reram-tmdc", {"dataset.threshold": "0"}).dataset.threshold == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"E_G": "1"}, "did you mean 'E_g'"),
        ({"model.widht": "8"}, "did you mean 'width'"),
        ({"modle.width": "8"}, "did you mean 'model'"),
        ({"model": "hdin"}, "did you mean 'hdinn'"),
        ({"model.width": "8.5"}, "whole number"),
        ({"model.width": "wide"}, "takes a number"),
        ({"E_g": "-1"}, "must lie in"),
        ({"E_g": "1:2:3"}, "low:high"),
        ({"E_g": "2:1"}, "low <= high"),
        ({"E_g": "nan"}, "finite"),
        ({"training.device": "tpu"}, "'auto', 'cpu' or 'cuda'"),
        ({"training.epochs": 0}, "at least 1"),
        ({"simulator.waveform": "triangle"}, "from Python"),
    ],
)
def test_what_is_not_accepted_is_refused_in_one_line(settings, message):
    with pytest.raises(DynsurError, match=message) as caught:
        configure(HOST, "reram", settings)
    assert "\n" not in str(caught.value)


def test_a_system_without_its_plugin_is_unknown():
    with pytest.raises(DynsurError, match="unknown system 'duffing'"):
        configure(HOST, "duffing")


def test_toml_takes_the_same_names(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('E_g = 1.3\nmu_x = [1e-16, 1e-12]\n[model]\nwidth = 8\n[dataset]\nname="paper"')
    setup = configure(HOST, "reram", read_config(path).settings)
    same = {"E_g": "1.3", "mu_x": "1e-16:1e-12", "model.width": "8", "dataset": "paper"}
    other = configure(HOST, "reram", same)
    assert (setup.simulator, setup.model, setup.dataset) == (
        other.simulator,
        other.model,
        other.dataset,
    )
    path.write_text("E_g = = 1")
    with pytest.raises(DynsurError, match="cannot read the configuration"):
        read_config(path)
