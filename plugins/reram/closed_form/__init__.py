"""Closed-form estimates of the current before any simulation."""
