"""The stages of a workflow, each of which is skipped if it was done with the same inputs."""

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files import checksum, content_checksum, read_json, write_json
from .display import Display


@dataclass(frozen=True)
class Stage:
    """A stage of a workflow and its result.

    Args:
        name: Its name in the record and on the screen.
        result: The file that exists once it is done, relative to the folder.
        others: Further files and folders that it writes.
        time: The name under which its wall-clock time is recorded.
        announcement: What is said when it begins; empty where the stage says so itself.
        working_folder: Folder that is removed before the stage is done with other inputs.
    """

    name: str
    result: str
    time: str
    announcement: str = ""
    working_folder: str = ""
    others: tuple[str, ...] = ()


MODEL = Stage(
    "model",
    "model/model.json",
    "training",
    working_folder="model",
    others=("model/model.safetensors", "history.json"),
)
METRICS = Stage("metrics", "metrics.json", "evaluation", "evaluating", others=("predictions.zarr",))
REPORT = Stage("report", "report.html", "report", "writing the report")
MODEL_ALONE = Stage("model", "model.json", "training", others=("model.safetensors", "history.json"))
EVALUATION = "evaluation.json"  # the record of `dynsur evaluate`, which may lie beside another


@dataclass(frozen=True)
class Record:
    """The setup of a folder and its finished stages, kept in one JSON file.

    Args:
        path: Path of the file.
        values: Its content: `setup`, `identity`, `stages` and `times`.
    """

    path: Path
    values: dict[str, Any]

    @property
    def folder(self) -> Path:
        """The folder that the record describes."""
        return self.path.parent

    @property
    def identity(self) -> str:
        """The hash of the setup."""
        return self.values["identity"]

    def save(self) -> None:
        """Write the record, with a checksum."""
        values = {key: value for key, value in self.values.items() if key != "checksum"}
        write_json(self.path, {**values, "checksum": content_checksum(values)})

    def is_done(self, stage: Stage, key: str) -> bool:
        """Return whether a stage was done with the same inputs and its results are as written."""
        mark = self.values["stages"].get(stage.name, {})
        if (mark.get("key"), mark.get("done")) != (key, True):
            return False
        return (self.folder / stage.result).exists() and not self._changed(mark.get("files", {}))

    def _changed(self, sums: dict[str, str]) -> list[str]:
        """Return the results that are not as they were written; an evaluation may be newer."""
        other = read_json(self.folder / EVALUATION, absent={})
        stages = other.get("stages") if isinstance(other, dict) else None
        marks = stages.values() if isinstance(stages, dict) else ()
        newer = {
            m["files"].get(n) for m in marks if isinstance(m, dict) and "files" in m for n in sums
        }
        return [n for n, held in sums.items() if checksum(self.folder / n) not in {held, *newer}]

    def do(self, stage: Stage, key: str, display: Display, work: Callable[[], Any]) -> None:
        """Do one stage unless it was done with the same inputs.

        Args:
            stage: The stage.
            key: Hash of its inputs.
            display: Shows whether the stage begins or is skipped.
            work: Function that does the stage.
        """
        if self.is_done(stage, key):
            display.stage(f"{stage.name}: up to date, skipped")
            return
        if self.values["stages"].get(stage.name, {}).get("key") != key:
            if stage.working_folder:  # the model in it was trained on other simulations
                shutil.rmtree(self.folder / stage.working_folder, ignore_errors=True)
            self.values["times"].pop(stage.time, None)
            self.values["stages"][stage.name] = {"key": key, "done": False}
            self.save()
        if stage.announcement:
            display.stage(stage.announcement)
        with self.timed(stage.time):
            work()
        names = (stage.result, *stage.others)
        sums = {name: checksum(self.folder / name) for name in names}
        self.values["stages"][stage.name] = {"key": key, "done": True, "files": sums}
        self.save()

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the wall-clock time of some work, in s, to that of earlier attempts."""
        began = time.perf_counter()
        yield
        spent = time.perf_counter() - began
        times = self.values["times"]
        times[name] = round(times.get(name, 0.0) + spent, 3)
