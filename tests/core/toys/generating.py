"""Generates a store of slow toys as a program of its own, for tests that kill it.

Usage: python generating.py STORE LOG SAMPLES SECONDS SCHEDULER|local
"""

import sys

from dynsur.core import DynsurError
from dynsur.core.generation.cluster import connect
from dynsur.core.generation.generate import generate
from toy_simulator import Slow

if __name__ == "__main__":
    store, log, samples, seconds, scheduler = sys.argv[1:]
    address = None if scheduler == "local" else scheduler
    simulator = Slow(log=log, seconds=float(seconds))
    try:
        with connect(address, 2) as client:
            generate(simulator, store, samples=int(samples), chunk=4, client=client)
    except DynsurError as error:
        sys.exit(str(error))
