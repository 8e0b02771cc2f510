"""Recorded data as stores: read the files of instruments and programs, and write a dataset."""

from .importing import Imported, import_files

__all__ = ["Imported", "import_files"]
