"""Draws of posteriors: a tempered sampler that keeps modes apart, evidence, importance weights."""

from .evidence import log_evidence
from .importance import RELIABLE, Smoothed, smoothed
from .mixture import Mixture
from .near_draws import sample_near
from .ridge_moves import LeastSquares
from .stored_draws import open_posterior
from .tempered_sampler import Population, sample

__all__ = [
    "LeastSquares",
    "Mixture",
    "Population",
    "RELIABLE",
    "Smoothed",
    "log_evidence",
    "open_posterior",
    "sample",
    "sample_near",
    "smoothed",
]
