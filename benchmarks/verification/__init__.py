"""Truths about the simulator: each module computes one, and draws it for the docs."""
