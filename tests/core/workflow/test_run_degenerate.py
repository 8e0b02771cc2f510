"""Systems that are degenerate but legal run from simulations to a report."""

import json
import types

import pytest
from displays import Heard, nothing
from dynsur.core import configure, hookimpl, host, rest
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import create_or_extend, write_chunk
from dynsur.core.workflow.run import run
from odes import space, system

SAMPLES = 48


def unmoved(t, y, u, p):
    return (0.0 * y[0],)


def following(t, y, u, p):
    return (p["rate"] * (u - y[0]),)


def bursting(t, y, u, p):
    """Two of three systems grow beyond all bounds within the drive."""
    return (p["rate"] * y[0] ** 2,)


def at_rest(p):
    return rest(1.0)


SYSTEMS = {
    "a constant output": system(unmoved),
    "an output of zeros": system(unmoved, start=lambda p: (0.0,)),
    "no free parameter": system(following, space=space(rate=(1.0, 1.0))),
    "a drive at rest": system(following, drive=at_rest),
    "no input": system(lambda t, y, u, p: (-p["rate"] * y[0],), drive=at_rest, inputs=()),
    "most simulations failed": system(bursting, drive=at_rest, inputs=()),
}


@pytest.fixture(params=SYSTEMS.values(), ids=SYSTEMS)
def simulator(request):
    plugin = types.ModuleType("degenerate")
    plugin.dynsur_simulators = hookimpl(lambda: [request.param])
    host().manager.register(plugin, name="degenerate")
    host().distributions["degenerate"] = "the tests"
    yield request.param
    host().manager.unregister(plugin)
    del host().distributions["degenerate"]


def test_a_degenerate_system_runs_to_its_report(tmp_path, simulator):
    settings = {"training.epochs": 1, "training.threads": 1, "model.width": 4}
    setup = configure(host(), simulator.name, settings, samples=SAMPLES)
    store = tmp_path / "data.zarr"
    create_or_extend(store, simulator, SAMPLES, 0, SAMPLES)
    rows = simulate_rows(simulator, simulator.space.sample(0, 0, SAMPLES))
    write_chunk(store, 0, rows)
    run(setup, tmp_path, nothing, Heard())
    metrics = json.loads((tmp_path / "metrics.json").read_text(), parse_constant=pytest.fail)
    assert metrics["model"]["y"]["mse_minmax"]["n"] > 0
    assert "</html>" in (tmp_path / "report.html").read_text()
