"""Draws of Table 1's raw box simulated on both cores; workers import this module."""

import multiprocessing
import time

import numpy as np
from dynsur.plugins.reram import TABLE_1, ReRAM

ATTRIBUTES = ("nodes", "steps", "newton_iterations", "edge_error", "vacancy_drift")


def simulate(job):
    """Return current, reason, attributes and CPU time of one draw at one tolerance."""
    index, tolerance = job
    columns = TABLE_1.sample(seed=0, start=index, count=1)
    device = {name: float(column[0]) for name, column in columns.items()}
    began = time.process_time()
    data = ReRAM(tolerance=tolerance).simulate(device)
    spent = time.process_time() - began
    attributes = [data.attrs.get(name, np.nan) for name in ATTRIBUTES]
    return data["current"].values, data["reason"].item(), attributes, spent


def study(indices, tolerance):
    """Simulate draws of seed 0 on both cores."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        # Each worker loads the compiled code on its first device; that is not what is timed.
        pool.map(simulate, [(0, 0.1)] * 4, chunksize=1)
        rows = pool.map(simulate, [(i, tolerance) for i in indices], chunksize=4)
    current, reasons, attributes, seconds = zip(*rows, strict=True)
    table = dict(zip(ATTRIBUTES, np.array(attributes).T, strict=True))
    return np.array(current), list(reasons), table, np.array(seconds)
