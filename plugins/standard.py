"""Defaults for systems whose plugin offers only a simulator."""
