"""Recorded data as stores: read the files of instruments and programs, and write a dataset."""

from .arrays import from_recordings
from .checking import Checked, check_records
from .importing import Imported, import_files

__all__ = ["Checked", "Imported", "check_records", "from_recordings", "import_files"]
