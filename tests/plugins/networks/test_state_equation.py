"""The fitted state equation: exact derivatives, recovery of known systems, resuming."""

import dataclasses

import numpy as np
import pytest
import torch
from dynsur.core import DynsurError, Encoding, Scale, Split, TrainingData, train
from dynsur.core.conformance import MODEL_CHECKS
from dynsur.core.registry.configuration import Training
from dynsur.core.training.checkpoint import best_weights
from dynsur.core.training.epoch import RUN_AWAY
from dynsur.plugins.networks import Huber, StateEquation
from dynsur.plugins.networks.state_equation.fitting import SYMBOLS, arrays, put, split
from dynsur.plugins.networks.state_equation.levenberg_marquardt import (
    Records,
    normal_equations,
    settled_error,
    squared_error,
)
from dynsur.plugins.networks.state_equation.linear_start import linear_equations, states_of
from scipy import signal

RNG = np.random.default_rng(4)
FIRST = RNG.bit_generator.state


@pytest.fixture(autouse=True)
def _own_stream():
    """Give every test the same numbers in whatever order they run."""
    RNG.bit_generator.state = FIRST


def split_of(u, y, parameters=None):
    """Return records [record, time] as a part of a training."""
    scalars = np.zeros((len(u), 0)) if parameters is None else parameters
    arrays = (u[..., None], scalars, y[..., None])
    return Split(np.arange(len(u)), *(np.asarray(a, np.float32) for a in arrays))


def training_data(train_part, validation):
    scale = Scale("y", "linear", 0.0, 1.0)
    encoding = Encoding((Scale("u", "linear", 0.0, 1.0),), (), (scale,), base="none")
    times = np.arange(train_part.series.shape[1])
    return TrainingData(train_part, validation, validation, encoding, times)


def resonator(u, cubic=0.0, start=(0.0, 0.0)):
    """Return the outputs of a sampled, damped resonator whose damping may bend."""
    y = np.empty_like(u)
    for r, force in enumerate(u):
        x, v = start
        for t, f in enumerate(force):
            y[r, t] = 0.5 + 0.3 * x
            v = 0.9 * v - 0.2 * x - cubic * np.tanh(2 * x) + 0.2 * (2 * f - 1)
            x = x + 0.4 * v
    return y


def fitted(config, part, steps, seed=0):
    torch.manual_seed(seed)
    network = config.build(1, part.parameters.shape[1], 1)
    fit = config.teacher(network, training_data(part, part))
    costs = [fit.step()[0] for _ in range(steps)]
    return network, costs


@pytest.mark.parametrize("check", MODEL_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("units", [0, 2])
def test_it_keeps_the_promises_of_a_model(check, units):
    check(StateEquation(states=2, width=3, output_width=units))


@pytest.mark.parametrize("check", MODEL_CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_them_for_straight_inputs(check):
    check(StateEquation(states=2, width=3, output_width=2, straight=True))


@pytest.mark.parametrize("ahead", [False, True], ids=["held", "straight"])
@pytest.mark.parametrize("own", [False, True], ids=["shared start", "own starts"])
def test_sensitivities_are_the_derivatives_of_the_error(own, ahead):
    torch.manual_seed(1)
    member = StateEquation(states=2, width=3, output_width=2).build(2, 1, 2).members[0]
    rng = np.random.default_rng(0)
    values = [0.4 * rng.standard_normal(a.shape) for a in (*arrays(member)[0], arrays(member)[1])]
    u, y = rng.standard_normal((3, 30, 3)), rng.standard_normal((3, 30, 2))
    y[1, 4:9] = np.nan
    starts = 0.3 * rng.standard_normal((3, 2)) if own else None
    records = Records(u, y, np.column_stack([np.ones(3), rng.random(3)]), starts, ahead)
    found = normal_equations(tuple(values[:-1]), values[-1], records)
    flat = np.concatenate([a.ravel() for a in values])

    def error(at, starts=starts):
        parts = split(at, tuple(values))
        moved = dataclasses.replace(records, own=starts)
        return squared_error(tuple(parts[:-1]), parts[-1], moved)

    step = 1e-6
    for k in range(len(flat)):
        nudge = np.zeros_like(flat)
        nudge[k] = step
        slope = (error(flat + nudge) - error(flat - nudge)) / (4 * step)
        assert found.gradient[k] == pytest.approx(slope, rel=1e-5, abs=1e-6)
    for r, (gradient, *_) in enumerate(found.own):
        for i in range(2):
            nudge = np.zeros_like(starts)
            nudge[r, i] = step
            slope = (error(flat, starts + nudge) - error(flat, starts - nudge)) / (4 * step)
            assert gradient[i] == pytest.approx(slope, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("straight", [False, True])
def test_the_network_predicts_what_the_fit_simulates(straight):
    part = split_of(RNG.random((4, 60)), RNG.random((4, 60)), RNG.random((4, 2)))
    config = StateEquation(states=3, width=4, output_width=3, straight=straight)
    network, costs = fitted(config, part, 3)
    with torch.no_grad():
        y = network(torch.from_numpy(part.series), torch.from_numpy(part.parameters)).numpy()
    assert np.mean((y - part.target) ** 2) == pytest.approx(costs[-1], rel=1e-4)
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize("straight", [False, True])
def test_it_is_traced_for_any_batch_without_parameters(straight):
    network = StateEquation(states=2, width=3, straight=straight).build(1, 0, 1).eval()
    network.requires_grad_(False)
    batch = torch.export.Dim("batch", min=1)
    given = (torch.rand(2, 20, 1), torch.zeros(2, 0))
    shapes = {"series": {0: batch}, "parameters": {0: batch}}
    program = torch.export.export(network, given, dynamic_shapes=shapes)
    other = (torch.rand(5, 20, 1), torch.zeros(5, 0))
    torch.testing.assert_close(program.module()(*other), network(*other))


def test_a_linear_system_is_found_at_once():
    u = RNG.random((3, 400))
    costs = fitted(StateEquation(states=2, width=2), split_of(u, resonator(u)), 1)[1]
    assert np.sqrt(costs[0]) < 1e-6  # the data are float32


def test_a_linear_system_under_straight_pieces_is_found_at_once():
    u, t = RNG.random((3, 400)), 0.3 * np.arange(400)
    u[:, 0] = 0.5  # the network's input is then 0, as before
    system = signal.lti([2.0], [1.0, 0.4, 2.0])
    y = np.stack([0.1 * signal.lsim(system, 2 * row - 1, t)[1] for row in u])
    costs = fitted(StateEquation(states=2, width=1, straight=True), split_of(u, y), 1)[1]
    assert np.sqrt(costs[0]) < 1e-6


def test_realised_equations_answer_as_the_system():
    u = 2 * RNG.random((2, 500, 1)) - 1
    y = resonator((u[..., 0] + 1) / 2)[..., None]
    candidates = list(linear_equations(u, y, 2))
    assert len(candidates) >= 3
    for linear in candidates:
        x = states_of(linear, u)
        found = x @ linear.C.T + u @ linear.D.T + linear.d
        assert np.abs(found - y).max() < 1e-4


def test_a_bent_spring_is_learnt_and_holds_on_records_ten_times_as_long():
    u = RNG.random((10, 200))
    part = split_of(u, resonator(u, 0.2))
    network, costs = fitted(StateEquation(states=2, width=4), part, 40)
    assert np.sqrt(costs[-1]) < 2e-4
    long = RNG.random((1, 2000))
    with torch.no_grad():
        y = network(torch.from_numpy(long[..., None]).float(), torch.zeros(1, 0)).numpy()[..., 0]
    truth = resonator(long, 0.2)
    assert np.sqrt(np.mean((y - truth) ** 2)) < 1e-2 * truth.std()


def test_records_that_begin_anywhere_get_starts_of_their_own():
    u = RNG.random((3, 150))
    starts = [(0.5, -0.2), (-1.0, 0.1), (0.2, 0.7)]
    y = np.concatenate([resonator(u[r : r + 1], 0.0, starts[r]) for r in range(3)])
    free = fitted(StateEquation(states=2, width=2, start="free"), split_of(u, y), 15)[1]
    shared = fitted(StateEquation(states=2, width=2), split_of(u, y), 15)[1]
    assert np.sqrt(free[-1]) < 5e-4 < 5e-3 < np.sqrt(shared[-1])


def test_missing_points_do_not_count():
    u = RNG.random((2, 300))
    y = resonator(u)
    y[0, 50:80] = np.nan
    y[1, 200] = np.nan
    costs = fitted(StateEquation(states=2, width=2), split_of(u, y), 5)[1]
    assert np.sqrt(costs[-1]) < 1e-5


class Interruption(BaseException):
    """Raised by a test in the middle of a training."""


def test_an_interrupted_training_ends_with_the_same_weights(tmp_path):
    u = RNG.random((6, 120))
    data = training_data(
        split_of(u[:4], resonator(u[:4], 0.2)), split_of(u[4:], resonator(u[4:], 0.2))
    )
    config = StateEquation(states=2, width=3, members=2, start="free")
    options = Training(epochs=6, threads=1)

    def interrupt(row):
        if row["epoch"] == 3:
            raise Interruption

    calls = (config, Huber(), data, options)
    whole = train(*calls, seed=3, folder=tmp_path / "whole")
    with pytest.raises(Interruption):
        train(*calls, seed=3, folder=tmp_path / "parts", progress=interrupt)
    parts = train(*calls, seed=3, folder=tmp_path / "parts")
    assert [row["train"] for row in parts] == [row["train"] for row in whole]
    assert [row["validation"] for row in parts] == [row["validation"] for row in whole]


@pytest.mark.parametrize("keep", ["best", "last"])
def test_the_step_that_is_kept_is_the_best_or_the_last(tmp_path, keep):
    u = RNG.random((2, 60))
    noise = split_of(u, RNG.random((2, 60)))  # what is fitted says nothing about it
    data = training_data(split_of(u, resonator(u, 0.1)), noise)
    config = StateEquation(states=2, width=6, keep=keep)
    held = train(
        config, Huber(), data, Training(epochs=12, patience=99, threads=1), seed=0, folder=tmp_path
    )
    errors = [row["validation"] for row in held]
    steps = {"best": 1 + errors.index(min(errors)), "last": 12}[keep]
    assert errors[-1] >= min(errors)
    again = train(
        config,
        Huber(),
        data,
        Training(epochs=steps, patience=99, threads=1),
        seed=0,
        folder=tmp_path / "again",
    )
    assert [row["train"] for row in again] == [row["train"] for row in held[:steps]]
    kept, expected = best_weights(tmp_path), best_weights(tmp_path / "again")
    assert all(torch.equal(kept[name], expected[name]) for name in expected)


def test_a_validation_part_that_no_step_can_follow_is_worse_than_any_other(tmp_path):
    class Runaway:
        finished, keeps_last = False, True

        def step(self):
            return 1.0, np.inf

        def state_dict(self):
            return {"state": {}}

    u = RNG.random((1, 40))
    part = split_of(u, resonator(u))

    class Model(StateEquation):
        def teacher(self, module, data):
            return Runaway()

    rows = train(
        Model(), Huber(), training_data(part, part), Training(epochs=2), seed=0, folder=tmp_path
    )
    assert [row["validation"] for row in rows] == [RUN_AWAY] * 2


def test_a_training_ends_where_no_step_helps(tmp_path):
    u = RNG.random((4, 120))
    part = split_of(u, resonator(u))
    data = training_data(part, part)
    options = Training(epochs=400, patience=400, threads=1)
    history = train(
        StateEquation(states=2, width=1), Huber(), data, options, seed=0, folder=tmp_path
    )
    assert len(history) < 20


def test_weights_are_split_as_they_are_joined():
    member = StateEquation(states=2, width=3).build(1, 1, 1).members[0]
    before = [a.copy() for a in (*arrays(member)[0], arrays(member)[1])]
    flat = np.concatenate([a.ravel() for a in before])
    put(member, split(flat, tuple(before)))
    assert all(
        np.array_equal(a, b)
        for a, b in zip(before, [*arrays(member)[0], arrays(member)[1]], strict=True)
    )
    assert len(SYMBOLS) == 13


@pytest.mark.parametrize(
    "wrong", [{"states": 0}, {"width": 0}, {"output_width": -1}, {"ridge": -1.0}]
)
def test_sizes_that_make_no_equation_are_refused(wrong):
    with pytest.raises(DynsurError):
        StateEquation(**wrong)


def test_a_constant_parameter_changes_nothing():
    u = RNG.random((6, 150))
    y = resonator(u, 0.2)
    config = StateEquation(states=2, width=3, output_width=1)
    constant = split_of(u, y, np.zeros((6, 1)))
    network, costs = fitted(config, constant, 8)
    (member,) = network.members
    assert not member.B[:, 1:].any()
    assert not member.X[:, 1:].any()
    with torch.no_grad():
        series = torch.from_numpy(constant.series)
        found = [network(series, torch.full((6, 1), value)) for value in (0.0, 0.7)]
    assert torch.equal(*found)
    assert np.sqrt(costs[-1]) < 0.05 * y.std()


def test_a_running_sum_carries_on_from_wherever_it_begins():
    u = RNG.random((4, 200))
    y = 0.01 * np.cumsum(resonator(u, 0.2) - 0.5, axis=1)
    config = StateEquation(states=3, width=3, integrating=True)
    network, costs = fitted(config, split_of(u, y), 30)
    assert np.sqrt(costs[-1]) < 1e-3 * y.std()
    (member,) = network.members
    with torch.no_grad():
        assert torch.equal(member.A[:, -1], torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64))
        assert not member.M[:, -1].any()
        series, none = torch.from_numpy(u[..., None]).float(), torch.zeros(4, 0)
        moved = member(series, none, torch.tensor([[0.0, 0.0, 5.0]]).expand(4, -1))
        shift = moved - member(series, none)
    torch.testing.assert_close(shift, shift[:1, :1].expand_as(shift))


def test_an_equation_that_runs_away_has_no_best_start():
    """x doubles at each step, so that no record of 2,000 samples can be followed from any start."""
    one, none = np.ones((1, 1)), np.zeros((1, 0))
    weights = (
        2.0 * one, one, one, np.zeros((1, 1)), np.zeros(1),
        none, none.T, none.T, np.zeros(0), none, none.T, none.T, np.zeros(0),
    )  # fmt: skip
    u, y = np.ones((1, 2000, 1)), np.zeros((1, 2000, 1))
    records = Records(u, y, one, own=np.zeros((1, 1)))
    assert settled_error(weights, np.zeros((1, 1)), records) == np.inf
