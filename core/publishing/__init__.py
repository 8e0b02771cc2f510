"""Publish a dataset: few files with a card, machine-readable descriptions and a licence."""

from .publish import Publication, publish

__all__ = ["Publication", "publish"]
