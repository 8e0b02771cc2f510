"""A measured loop of a lag, what answers for it, and a client that runs in this process."""

import contextlib

import numpy as np
import pytest
from distributed import Client
from dynsur.core.inference import measured
from dynsur.core.response import SimulatedResponder
from lag import LAG, NOISE, TRUTH


@pytest.fixture(scope="session")
def responder():
    return SimulatedResponder("lag", LAG)


@pytest.fixture(scope="session")
def loop(responder):
    true = responder.respond(TRUTH)
    noise = NOISE * np.random.default_rng(5).standard_normal(true.time.shape[1])
    current = true.outputs["current"][0] + noise
    return measured("lag.csv", true.time[0], true.inputs["voltage"][0], current, "current")


@pytest.fixture(scope="session")
def client():
    with Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=":0") as one:
        yield one


@pytest.fixture
def connect(client):
    return lambda: contextlib.nullcontext(client)
