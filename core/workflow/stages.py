"""The stages of a run: skipped where they are done with the same inputs."""

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..files import write_json
from .display import Display


def stage(
    folder: Path,
    record: dict[str, Any],
    name: str,
    key: str,
    display: Display,
    work: Callable[[], Any],
) -> None:
    """Do one stage unless its mark says it was done with the same inputs."""
    if is_done(folder, record, name, key):
        display.stage(f"{name} is there")
        return
    if record["stages"].get(name, {}).get("key") != key:
        if name == "model":  # was trained on fewer samples
            shutil.rmtree(folder / "model", ignore_errors=True)
        record["times"].pop(_TIME[name], None)
        record["stages"][name] = {"key": key, "done": False}
        _save(folder, record)
    if name != "model":
        display.stage({"metrics": "evaluating", "report": "writing the report"}[name])
    with _timed(record, _TIME[name]):
        work()
    record["stages"][name] = {"key": key, "done": True}
    _save(folder, record)


def is_done(folder: Path, record: dict[str, Any], name: str, key: str) -> bool:
    """Return whether a stage was done with the same inputs and its result is still there."""
    mark = {"key": key, "done": True}
    return record["stages"].get(name) == mark and (folder / _RESULT[name]).exists()


_RESULT = {"model": "model/model.json", "metrics": "metrics.json", "report": "report.html"}


_TIME = {"model": "training", "metrics": "evaluation", "report": "report"}


@contextlib.contextmanager
def _timed(record: dict[str, Any], name: str) -> Iterator[None]:
    """Add the wall-clock time of a stage to the record, in s; earlier attempts count."""
    began = time.perf_counter()
    yield
    spent = time.perf_counter() - began
    record["times"][name] = round(record["times"].get(name, 0.0) + spent, 3)


def _save(folder: Path, record: dict[str, Any]) -> None:
    write_json(folder / "run.json", record)
