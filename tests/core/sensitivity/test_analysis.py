"""Sensitivity of systems: known dependences, subsets, posteriors, a model's error, bad input."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, Parameter, ParameterSpace
from dynsur.core.response import Response, SimulatedResponder, open_responder
from dynsur.core.sensitivity import read_draws, sensitivity, write_indices
from ohmic import ohmic

OHMIC = ohmic(Parameter("idle", 0.1, 10.0, "1", scale="log"))


@dataclasses.dataclass(frozen=True)
class Banded(SimulatedResponder):
    """Answers with a band of a tenth of each current."""

    surrogate = "stands for a model"
    width: float = 0.1

    def respond(self, parameters, waveform=None, *, banded=True):
        found = self.simulate(parameters, waveform)
        half = {n: self.width * np.abs(y) for n, y in found.outputs.items()}
        low = {n: y - half[n] for n, y in found.outputs.items()}
        high = {n: y + half[n] for n, y in found.outputs.items()}
        return dataclasses.replace(found, low=low, high=high)


@pytest.fixture
def ohmic():
    return SimulatedResponder("ohmic", OHMIC)


def test_the_peak_of_two_conductances_depends_on_both_alike(ohmic):
    found = sensitivity(ohmic, ["maximum", "current_minimum"], over_time="current", base=256)
    maximum = found.sel(quantity="current_maximum")  # one + two
    np.testing.assert_allclose(maximum["first"], [0.5, 0.5, 0.0], atol=0.03)
    np.testing.assert_allclose(maximum["shapley"], [0.5, 0.5, 0.0], atol=0.03)
    assert found["method"].values.tolist() == ["box"] * 27
    rising = found.isel(quantity=2 + 5)  # at 24 % of the time u is 0.96 V
    assert rising["phase"].item() == pytest.approx(0.24)
    assert rising["total"].values[2] == 0.0
    assert np.isnan(found["first"].values[-1]).all()  # at the end every current is zero


def test_where_makes_a_triangle(ohmic):
    """Above its middle the sum of two uniform conductances is x + y > 1 of the unit square."""
    found = sensitivity(ohmic, ["maximum"], where="current_maximum > 5", base=512, seed=3).isel(
        quantity=0
    )
    assert found["method"].item() == "subset"
    assert found["share"].item() == pytest.approx(0.5, abs=0.05)
    np.testing.assert_allclose(found["first"], [0.25, 0.25, 0.0], atol=0.1)
    np.testing.assert_allclose(found["total"], [0.75, 0.75, 0.0], atol=0.15)


def test_parameters_may_stand_in_a_condition(ohmic):
    found = sensitivity(ohmic, ["maximum"], where="one < 1.2 and idle <= 5", base=128, seed=3)
    assert found["first"].values[0, 1] == pytest.approx(1.0, abs=0.05)
    assert found["share"].item() == pytest.approx(0.085, abs=0.03)


def test_a_posterior_is_analysed_as_its_draws(ohmic, tmp_path):
    random = np.random.default_rng(0)
    one = random.normal(2.0, 0.1, (2, 1000))
    draws = xr.Dataset(
        {
            "one": (("chain", "draw"), one),
            "two": (("chain", "draw"), 5.0 - one + random.normal(0.0, 0.05, one.shape)),
            "idle": (("chain", "draw"), 10 ** random.uniform(-1, 1, one.shape)),
        }
    )
    draws.to_zarr(tmp_path / "posterior.zarr", group="posterior", consolidated=False)
    unit = read_draws(tmp_path / "posterior.zarr", OHMIC.space)
    found = sensitivity(ohmic, ["maximum"], draws=unit, base=768).isel(quantity=0)
    # The sum is 5 + noise: only the noise of `two` is left, which `one` does not tell.
    assert found["method"].item() == "posterior"
    assert found["variance"].item() == pytest.approx(0.05**2, rel=0.15)
    assert found["first"].values[0] == pytest.approx(0.0, abs=0.06)
    assert found["total"].values[1] == pytest.approx(1.0, abs=0.15)
    lacking = ParameterSpace((*OHMIC.space, Parameter("more", 0.0, 1.0, "1")))
    with pytest.raises(DynsurError, match="lacks the free parameters more; fix them by --set"):
        read_draws(tmp_path / "posterior.zarr", lacking)
    with pytest.raises(DynsurError, match="there is no posterior"):
        read_draws(tmp_path / "other.zarr", OHMIC.space)


def test_the_error_of_a_model_widens_the_confidence_and_moves_nothing(ohmic):
    exact = sensitivity(ohmic, ["maximum"], base=128)
    banded = sensitivity(Banded("ohmic", OHMIC), ["maximum"], base=128)
    wider = sensitivity(Banded("ohmic", OHMIC, 0.2), ["maximum"], base=128)
    for name in ("first", "total", "shapley", "first_sampling"):
        np.testing.assert_array_equal(exact[name], banded[name])
    assert (exact["total_model"] == 0).all()
    assert 0.005 < float(banded["total_model"].max()) < float(wider["total_model"].max())


def test_figures_that_some_systems_lack_are_those_of_the_others(tmp_path):
    gated = dataclasses.replace(
        OHMIC, observe=lambda y, u, p: (np.maximum(p["one"] - 2.0, 0.0) * p["two"] * u,)
    )
    found = sensitivity(SimulatedResponder("gated", gated), ["resistance_low"], base=256)
    assert found["method"].item() == "subset"
    assert found["share"].item() == pytest.approx(0.5, abs=0.05)  # no current where one < 2
    assert found["total"].values[0, 0] > 0.85
    files = write_indices(found, tmp_path / "out")
    assert [f.name for f in files] == ["indices.csv", "current_resistance_low.png"]
    rows = files[0].read_text().splitlines()
    assert len(rows) == 1 + len(OHMIC.space.free)


def test_seeds_give_the_same_numbers(ohmic):
    one, two = (sensitivity(ohmic, ["peak"], where="peak > 4", base=64, seed=7) for _ in range(2))
    xr.testing.assert_identical(one, two)
    assert not one.equals(sensitivity(ohmic, ["peak"], where="peak > 4", base=64, seed=8))


@pytest.mark.parametrize(
    ("of", "options", "said"),
    [
        ([], {}, "nothing is asked for"),
        (["peek"], {}, "unknown figure of merit of 'duffing' 'peek'"),
        (["energy"], {}, "'energy' does not apply to 'duffing': it needs"),
        (["peak"], {"where": "peak >"}, "cannot read the expression"),
        (["peak"], {"where": "mass > 1"}, "unknown figure of merit of 'duffing' 'mass'"),
        (["peak"], {"where": "peak > 1e9"}, "0 of .* systems drawn meet"),
        ([], {"over_time": "speed"}, "unknown output of 'duffing' 'speed'"),
        (["peak"], {"base": 8}, "64 or more; got 8"),
    ],
)
def test_what_cannot_be_analysed_is_one_line(of, options, said):
    duffing = open_responder("duffing", {"period": 10})
    with pytest.raises(DynsurError, match=said) as error:
        sensitivity(duffing, of, **({"base": 64} | options))
    assert "\n" not in str(error.value)


def test_what_does_not_vary_is_one_line(ohmic):
    space = OHMIC.space.restrict("one", 1.0).restrict("two", 2.0)
    fixed = SimulatedResponder("o", dataclasses.replace(OHMIC, space=space))
    with pytest.raises(DynsurError, match="'current_peak' is the same for all systems"):
        sensitivity(fixed, ["peak"], base=64)
    whole = fixed.space.restrict("idle", 1.0)
    with pytest.raises(DynsurError, match="every parameter is fixed"):
        sensitivity(SimulatedResponder("o", dataclasses.replace(OHMIC, space=whole)), ["peak"])
    assert isinstance(ohmic.respond({}), Response)
