"""The order of the test files: the longest come first, lest one of them is left for the end."""

from pathlib import Path

FIRST = (
    "test_tutorials.py",
    "test_docs.py",
    "test_recordings_page.py",
    "cli/test_run.py",
    "core/generation/test_generate.py",
    "core/inference/test_fitting.py",
    "core/exploring/test_page.py",
)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Put the longest files first; workers take whole files in this order."""
    items.sort(key=lambda item: item.path not in [HERE / name for name in FIRST])
