"""The stages of a workflow, each of which is skipped if it was done with the same inputs."""

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files import write_json
from .display import Display


@dataclass(frozen=True)
class Stage:
    """A stage of a workflow and its result.

    Args:
        name: Name of the stage in the record and on the screen.
        result: File that exists once the stage is done, relative to the folder.
        time: Name under which its wall-clock time is recorded.
        announcement: Text shown when the stage begins; empty if the stage shows its own.
        working_folder: Folder that is removed before the stage is done with other inputs.
    """

    name: str
    result: str
    time: str
    announcement: str = ""
    working_folder: str = ""


MODEL = Stage("model", "model/model.json", "training", working_folder="model")
METRICS = Stage("metrics", "metrics.json", "evaluation", "evaluating")
REPORT = Stage("report", "report.html", "report", "writing the report")
MODEL_ALONE = Stage("model", "model.json", "training")


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
        """Write the record."""
        write_json(self.path, self.values)

    def is_done(self, stage: Stage, key: str) -> bool:
        """Return whether a stage was done with the same inputs and its result is still there."""
        mark = {"key": key, "done": True}
        is_marked = self.values["stages"].get(stage.name) == mark
        return is_marked and (self.folder / stage.result).exists()

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
        self.values["stages"][stage.name] = {"key": key, "done": True}
        self.save()

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the wall-clock time of some work, in s, to that of earlier attempts."""
        began = time.perf_counter()
        yield
        spent = time.perf_counter() - began
        times = self.values["times"]
        times[name] = round(times.get(name, 0.0) + spent, 3)
