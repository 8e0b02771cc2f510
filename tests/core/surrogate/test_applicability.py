"""What lies outside of the training is named; what lies inside is not."""

from dataclasses import replace

import numpy as np
import pytest
from dynsur.core.surrogate.applicability import Drives, Familiarity, hidden_shares

PHASE = np.linspace(0.0, 1.0, 40)
TRIANGLE = np.interp(PHASE, [0.0, 0.25, 0.75, 1.0], [0.0, 1.0, -1.0, 0.0])
RANGES = (("a", 1.0, 2.0), ("fixed", 3.0, 3.0))
TRIANGLES = np.outer([5.0, 8.0, 13.0], TRIANGLE)
TRAINED = Familiarity(RANGES, (Drives.fit("u", TRIANGLES, TRIANGLES),), 1.0, 20.0)


def reason(drive=6.0 * TRIANGLE, a=1.5, fixed=3.0, duration=4.0):
    columns = {"a": np.array([a]), "fixed": np.array([fixed])}
    return TRAINED.reasons(columns, {"u": drive[None]}, np.array([duration]))[0]


def test_a_system_like_those_of_the_training_is_familiar():
    assert reason() == ""
    assert reason(a=2.0, duration=20.0, drive=13.0 * TRIANGLE) == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"a": 2.1}, "a = 2.1, trained on 1 to 2"),
        ({"fixed": 2.0}, "fixed = 2, trained on 3"),
        ({"duration": 30.0}, "lasts 30 s, trained on 1 to 20 s"),
        ({"drive": 14.0 * TRIANGLE}, "u reaches"),
        ({"drive": 5.0 * np.sign(TRIANGLE)}, "u has a shape not trained on"),
        ({"drive": -6.0 * TRIANGLE}, ""),
    ],
)
def test_what_was_not_trained_on_is_named(given, said):
    assert said in reason(**given)


def test_several_reasons_are_all_told():
    assert reason(a=0.0, duration=0.1).count(";") == 1


def test_it_survives_json():
    assert Familiarity.from_json(TRAINED.to_json()) == TRAINED


def test_a_new_realisation_of_random_drives_is_familiar_and_a_drive_of_another_kind_is_not():
    time, random = np.linspace(0.0, 1.0, 400), np.random.default_rng(0)

    def realisations(count, lines):
        phases = 2 * np.pi * random.random((count, len(lines), 1))
        return np.sin(2 * np.pi * np.array(lines)[:, None] * time + phases).sum(axis=1)

    drives = Drives.fit("u", realisations(120, range(1, 40)), realisations(9, range(1, 40)))
    drives = replace(drives, low=-100.0, high=100.0)
    assert drives.reasons(realisations(9, range(1, 40))) == [""] * 9
    assert all("shape" in reason for reason in drives.reasons(realisations(9, range(40, 79))))


def test_the_share_of_a_drive_between_the_instants_that_are_seen():
    time = np.array([[0.0, 0.5, 0.51, 0.52, 0.53, 1.0]])
    pulse, seen = (
        np.array([[0.0, 0.0, 1.0, 1.0, 0.0, 0.0]]),
        np.array([[0.0, 0.25, 0.5, 0.75, 1.0]]),
    )
    shares = hidden_shares(time, {"u": pulse, "ramp": time, "rest": 0.0 * time}, seen)
    assert shares["u"] == pytest.approx(1.0)  # nothing of it is seen
    assert shares["ramp"] == pytest.approx(0.0, abs=1e-12)
    assert shares["rest"] == 0.0
    train = np.array([[0.0, 1.0, 0.0, 1.0, 0.0]])
    assert hidden_shares(seen, {"u": train}, seen[:, ::2])["u"] == pytest.approx(1.0)
    assert hidden_shares(seen, {"u": train}, seen)["u"] == 0.0


def test_a_pulse_between_the_instants_that_a_network_sees_is_named():
    rest, columns = 0.0 * TRIANGLE[None], {"a": np.array([1.5]), "fixed": np.array([3.0])}
    for share, told in ((0.05, ""), (0.3, "30% of u acts between the instants")):
        hidden = {"u": np.array([share])}
        (reason,) = TRAINED.reasons(columns, {"u": rest}, np.array([4.0]), hidden)
        assert told in reason
        assert bool(reason) == bool(told)
    usual = Drives.fit("u", TRIANGLES, TRIANGLES, hidden=0.5)  # a training whose pulses are narrow
    assert usual.reasons(rest, np.array([0.6])) == [""]
    assert usual.reasons(rest, np.array([0.8])) != [""]


def test_domains_of_earlier_versions_are_read():
    old = TRAINED.to_json()
    old["drives"] = [{k: v for k, v in row.items() if k != "hidden"} for row in old["drives"]]
    assert Familiarity.from_json(old) == TRAINED
