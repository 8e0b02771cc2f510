"""Splits by simulation, scales fitted on the training part, only finished samples."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, Parameter, ParameterSpace, Variable, host
from dynsur.datasets import Decades, Paper, channels
from dynsur.datasets.decades import spread_scale


@dataclasses.dataclass(frozen=True)
class Oscillators:
    """y = a sin(2πt) exp(b), with one more parameter that is fixed."""

    points: int = 50
    name = "oscillators"
    description = "toy"
    space = ParameterSpace(
        (
            Parameter("a", 1e-12, 1e-2, "A", scale="log"),
            Parameter("b", -1.0, 1.0, "1"),
            Parameter("fixed", 2.0, 2.0, "s"),
        )
    )
    inputs = (Variable("u", "V"),)
    outputs = (Variable("y", "A"),)


class WithFeatures(Oscillators):
    def features(self, parameters):
        return {"double": 2 * parameters["a"], "signed": np.sinh(9 * parameters["b"])}


def make_store(samples=100, seed=0):
    simulator = Oscillators()
    values = simulator.space.sample(seed, 0, samples)
    time = np.linspace(0, 1, simulator.points) * values["fixed"][:, None]
    drive = np.sin(np.pi * time)
    output = values["a"][:, None] * drive * np.exp(values["b"])[:, None]
    status = np.ones(samples, np.int8)
    status[::10] = 2
    for series in (time, drive, output):
        series[status == 2] = np.nan
    over_time = ("sample", "time")
    return xr.Dataset(
        {
            "time": (over_time, time),
            "u": (over_time, drive),
            "y": (over_time, output),
            **{name: ("sample", column) for name, column in values.items()},
            "status": ("sample", status),
        },
        attrs={"seed": seed},
    )


BOTH = pytest.mark.parametrize("dataset", [Paper(), Decades()], ids=["paper", "decades"])


@BOTH
def test_the_parts_are_disjoint_finished_and_sized_as_in_the_paper(dataset):
    data = dataset.prepare(make_store(), Oscillators(), seed=3)
    parts = [data.train.sample, data.validation.sample, data.test.sample]
    together = np.concatenate(parts)
    assert len(set(together.tolist())) == together.size == 90
    assert (together % 10 != 0).all()
    assert [len(part) for part in parts] == [57, 6, 27]


@BOTH
def test_a_fifth_of_the_instants_is_kept_sorted(dataset):
    data = dataset.prepare(make_store(), Oscillators(), seed=3)
    assert data.time_index.size == 10
    assert (np.diff(data.time_index) > 0).all()
    assert data.train.series.shape == (57, 10, 2)
    assert data.train.series[0, :, 0] == pytest.approx(data.time_index / 49, abs=1e-6)


@BOTH
def test_the_seed_decides(dataset):
    store = make_store()
    first, again, other = (dataset.prepare(store, Oscillators(), seed=s) for s in (3, 3, 4))
    assert np.array_equal(first.train.target, again.train.target)
    assert not np.array_equal(first.test.sample, other.test.sample)
    assert not np.array_equal(first.time_index, other.time_index)


@BOTH
def test_scales_are_fitted_on_the_training_part_alone(dataset):
    store = make_store()
    data = dataset.prepare(store, Oscillators(), seed=3)
    store["y"][data.test.sample] *= 1e6
    store["y"][data.validation.sample] *= 1e6
    store["b"][data.test.sample] *= 5
    assert dataset.prepare(store, Oscillators(), seed=3).encoding == data.encoding
    assert (data.train.parameters.min(axis=0) == 0).all()
    assert data.train.parameters.max(axis=0) == pytest.approx(1)
    for array in (data.train.series, data.train.target):
        assert array.min() >= 0
        assert array.max() <= 1


@BOTH
def test_targets_decode_to_the_stores_values(dataset):
    store = make_store()
    data = dataset.prepare(store, Oscillators(), seed=3)
    decoded = data.encoding.decode_outputs(data.test.target)["y"]
    simulated = store["y"].values[np.ix_(data.test.sample, data.time_index)]
    relative = 0 if dataset.name == "paper" else 1e-4
    absolute = 1e-8 if dataset.name == "paper" else 1e-15
    assert np.allclose(decoded, simulated, rtol=relative, atol=absolute)


@BOTH
def test_fixed_parameters_are_left_out(dataset):
    data = dataset.prepare(make_store(), Oscillators(), seed=3)
    assert [s.name for s in data.encoding.parameters] == ["a", "b"]


@BOTH
def test_too_few_finished_samples_are_refused(dataset):
    store = make_store(10)
    with pytest.raises(DynsurError, match="holds 9 finished samples of 10"):
        dataset.prepare(store, Oscillators(), seed=3)


def test_decades_takes_logarithms_where_data_span_decades():
    encoding = Decades().prepare(make_store(), Oscillators(), seed=3).encoding
    assert [s.kind for s in encoding.parameters] == ["log", "linear"]
    assert encoding.outputs[0].kind == "asinh"
    given = Decades(threshold=1e-9).prepare(make_store(), Oscillators(), seed=3).encoding
    assert given.outputs[0].threshold == 1e-9


def test_decades_stays_linear_where_curves_are_alike():
    store = make_store()
    store["y"] = store["u"] * store["b"].clip(0.5, 1)
    encoding = Decades().prepare(store, Oscillators(), seed=3).encoding
    assert encoding.outputs[0].kind == "linear"


def test_features_join_the_parameters_of_decades():
    encoding = Decades().prepare(make_store(), WithFeatures(), seed=3).encoding
    assert [(s.name, s.kind) for s in encoding.parameters[2:]] == [
        ("double", "log"),
        ("signed", "asinh"),
    ]


@pytest.mark.parametrize("share", [{"kept": 0.0}, {"train_share": 1.0}, {"validation_share": 0}])
def test_impossible_shares_are_refused(share):
    with pytest.raises(DynsurError, match="must lie in"):
        Paper(**share).prepare(make_store(), Oscillators(), seed=0)


class WithEstimate(WithFeatures):
    """An estimate that is a factor e^b off, and one more series."""

    def estimate(self, parameters, series, time):
        return {"y": parameters["a"][:, None] * series["u"], "more": np.abs(series["u"]) + 1e-9}


def test_estimates_join_the_series_and_turn_targets_into_departures():
    simulator = WithEstimate()
    data = Decades(trust=1.0, soft=100.0).prepare(make_store(), simulator, seed=0)
    assert [s.name for s in data.encoding.series] == ["phase", "u", "y", "more"]
    # y = estimate · e^b: the departure is b/ln 10 decades at every instant far above threshold.
    b = make_store()["b"].values[data.train.sample]
    assert np.sqrt(np.mean(data.train.target**2)) == pytest.approx(1.0)
    departure = data.encoding.departures[0].size * data.train.target[:, 5, 0]
    middle = np.abs(departure - b / np.log(10.0))
    assert np.median(middle) < 1e-3


def test_models_do_not_see_what_is_left_out():
    simulator, store = WithEstimate(), make_store()
    data = Decades(without=("b", "double", "more")).prepare(store, simulator, seed=0)
    whole = Decades().prepare(store, simulator, seed=0)
    assert [s.name for s in data.encoding.series] == ["phase", "u", "y"]
    assert [s.name for s in data.encoding.parameters] == ["a", "signed"]
    np.testing.assert_array_equal(data.train.target, whole.train.target)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("c",), "unknown input 'c'"),
        (("a", "b", "double", "signed"), "no parameter and no feature"),
    ],
)
def test_leaving_out_what_is_not_there_or_everything_is_refused(names, message):
    with pytest.raises(DynsurError, match=message):
        Decades(without=names).prepare(make_store(), WithEstimate(), seed=0)


def test_a_fixed_parameter_may_be_left_out():
    data = Decades(without=("fixed", "b")).prepare(make_store(), Oscillators(), seed=0)
    assert [s.name for s in data.encoding.parameters] == ["a"]


def test_the_smallest_values_of_an_estimate_can_be_left_below_its_scale():
    values = np.logspace(-20.0, -4.0, 1001)
    whole, central = (spread_scale("x", values, tail) for tail in (0.0, 0.75))
    assert whole.forward(values).min() == 0.0
    assert (central.forward(values) < 0.0).mean() == pytest.approx(0.75, abs=0.001)
    assert central.forward(values).max() == pytest.approx(1.0)
    assert central.forward(values).min() == pytest.approx(-1.0)  # further down is all alike
    np.testing.assert_allclose(central.inverse(central.forward(values[800:])), values[800:])


def test_departures_are_fitted_on_the_training_part_only():
    store = make_store()
    before = Decades().prepare(store, WithEstimate(), seed=0)
    store["y"][before.test.sample] *= 1e3
    after = Decades().prepare(store, WithEstimate(), seed=0)
    assert after.encoding == before.encoding
    np.testing.assert_array_equal(after.train.target, before.train.target)


def test_features_can_stand_for_the_parameters():
    data = Decades(features_only=True).prepare(make_store(), WithFeatures(), seed=0)
    assert [s.name for s in data.encoding.parameters] == ["double", "signed"]
    plain = Decades(features_only=True).prepare(make_store(), Oscillators(), seed=0)
    assert [s.name for s in plain.encoding.parameters] == ["a", "b"]


def test_a_trust_outside_its_range_is_refused():
    with pytest.raises(DynsurError, match="trust"):
        Decades(trust=-0.1)


def test_without_the_phase_a_model_sees_the_drive_alone():
    store = make_store()
    seen = Decades().prepare(store, Oscillators(), seed=3)
    blind = Decades(phase=False).prepare(store, Oscillators(), seed=3)
    assert [s.name for s in seen.encoding.series] == ["phase", "u"]
    assert [s.name for s in blind.encoding.series] == ["u"]
    np.testing.assert_array_equal(blind.train.series[..., 0], seen.train.series[..., 1])


def test_instants_where_curves_change_are_as_many_and_seen_by_the_training_part_alone():
    """All y rise with sin(2πt); what the test part holds moves no instant."""
    store = make_store(samples=200)
    drawn = Decades().prepare(store, Oscillators(), seed=3)
    closer = Decades(instants="changes").prepare(store, Oscillators(), seed=3)
    assert closer.time_index.size == drawn.time_index.size == 10
    assert not np.array_equal(closer.time_index, drawn.time_index)
    assert closer.time_index[[0, -1]].tolist() == [0, 49]
    np.testing.assert_array_equal(closer.test.sample, drawn.test.sample)
    other = store.copy(deep=True)
    other["y"][closer.test.sample] = 0.0
    again = Decades(instants="changes").prepare(other, Oscillators(), seed=3)
    np.testing.assert_array_equal(again.time_index, closer.time_index)


def test_phases_are_those_that_were_recorded():
    """Kinks of two cycles lie at odd eighths, between 39 equal instants."""
    system = dataclasses.replace(host().simulator("vteam"), points=39)
    columns = system.space.sample(0, 0, 20)
    rows = system.simulate_batch(columns)
    series = {n: (("sample", "time"), rows[n]) for n in ("time", "voltage", "current", "state")}
    store = xr.Dataset(
        {
            **series,
            **{name: ("sample", values) for name, values in columns.items()},
            "status": ("sample", rows["status"]),
        }
    )
    data = Decades(kept=1.0).prepare(store, system, seed=0)
    distance = np.abs(data.phases[:, None] - [0.125, 0.375, 0.625, 0.875]).min(axis=0)
    np.testing.assert_allclose(distance, 0.0, atol=1e-12)
    np.testing.assert_allclose(
        data.phases, store["time"].values[3] / store["time"].values[3, -1], atol=1e-12
    )


def test_many_samples_are_encoded_in_blocks_as_few_are(monkeypatch):
    """Beyond one block the base lies in a file, and every number stays the same."""

    class Known(Oscillators):
        def estimate(self, parameters, series, time):
            return {"y": 0.9 * parameters["a"][:, None] * series["u"]}

    store, dataset = make_store(), Decades(kept=1.0)
    whole = dataset.prepare(store, Known(), 0)
    monkeypatch.setattr(channels, "BLOCK", 7)
    parts = dataset.prepare(store, Known(), 0)
    assert parts.encoding == whole.encoding
    for name in ("train", "validation", "test"):
        one, other = getattr(whole, name), getattr(parts, name)
        for field in ("sample", "series", "parameters", "target"):
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field))
