"""Integration in time: BDF, step control and dense output."""
