"""What a system knows before a simulation, at the instants that are wanted."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.systems.bases import base_series, chosen_base, offered


class Bare:
    name = "bare"


class Estimating(Bare):
    """Its output is twice its input."""

    def estimate(self, parameters, series, time):
        return {"y": 2.0 * series["u"], "size": np.abs(series["u"])}


class Coarse(Estimating):
    """Its coarse version is twice the input and a tenth; the second of its systems fails."""

    def coarse(self, parameters, series, time, wanted):
        u = np.stack(
            [np.interp(w, t, s) for w, t, s in zip(wanted, time, series["u"], strict=True)]
        )
        y, reason = 2.1 * u, np.full(len(u), "", dtype=object)
        y[1], reason[1] = np.nan, "too stiff"
        return {"y": y, "reason": reason}


TIME = np.tile(np.linspace(0.0, 2.0, 21), (3, 1))
SERIES = {"u": np.sin(TIME)}
FEW, MIDDLE = TIME[:, ::5], 0.5 * (TIME[:, 1:] + TIME[:, :-1])


def test_the_most_accurate_base_is_the_automatic_one():
    assert [chosen_base(s(), "auto") for s in (Bare, Estimating, Coarse)] == [
        "none", "closed-form", "coarse",
    ]  # fmt: skip
    assert offered(Coarse()) == ("coarse", "closed-form")


@pytest.mark.parametrize("base", ["coarse", "exact"])
def test_a_base_that_is_not_offered_is_refused(base):
    with pytest.raises(DynsurError, match=base):
        chosen_base(Estimating(), base)


def test_a_closed_form_sees_the_drive_at_the_wanted_instants():
    (at_few, between), reasons = base_series(
        Estimating(), "closed-form", {}, SERIES, TIME, [FEW, MIDDLE]
    )
    assert np.array_equal(at_few["y"], 2.0 * SERIES["u"][:, ::5])
    assert between["y"] == pytest.approx(SERIES["u"][:, 1:] + SERIES["u"][:, :-1])
    assert (reasons == "").all()


def test_a_coarse_version_stands_for_the_output_and_keeps_the_other_series():
    (at_few, between), reasons = base_series(Coarse(), "coarse", {}, SERIES, TIME, [FEW, MIDDLE])
    assert at_few["y"][0] == pytest.approx(2.1 * SERIES["u"][0, ::5])
    assert between["y"].shape == MIDDLE.shape
    assert np.array_equal(at_few["size"], np.abs(SERIES["u"][:, ::5]))
    assert reasons.tolist() == ["", "too stiff", ""]


def test_a_coarse_version_needs_the_drive_from_its_start():
    late = TIME + 0.5
    with pytest.raises(DynsurError, match="from 0 s on"):
        base_series(Coarse(), "coarse", {}, SERIES, late, [late])
    (known,), _ = base_series(Coarse(), "closed-form", {}, SERIES, late, [late])
    assert np.array_equal(known["y"], 2.0 * SERIES["u"])


def test_nothing_is_known_without_a_base():
    (found,), _ = base_series(Coarse(), "none", {}, SERIES, TIME, [FEW])
    assert found == {}
