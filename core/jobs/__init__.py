"""Whole jobs in one call: run an experiment, simulate or predict a grid of parameters."""

from .grids import predict, simulate
from .runs import Run, open_run, run

__all__ = ["Run", "open_run", "predict", "run", "simulate"]
