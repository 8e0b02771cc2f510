"""What a page explores, and the commands that ask the same."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..response import Responder
from .drives import Drive, Drives
from .state import State, command_line


@dataclass(frozen=True)
class Target:
    """What is explored.

    Args:
        name: What the user typed.
        responder: What answers for it.
        solver: Name of the system that simulations ask.
        settings: The settings that it was opened with, by name.
        usual: The drive's fields that resemble the system's own drive.
    """

    name: str
    responder: Responder
    solver: str
    settings: Mapping[str, str]
    usual: Drive | Drives

    @property
    def predicted(self) -> bool:
        """Whether a trained model answers."""
        return self.responder.surrogate is not None

    def commands(self, state: State) -> list[str]:
        """Return the commands that compute the curves of a state's devices again."""
        wave = "drive.csv" if state.drive.waveform() is not None else None
        asked = [("predict", self.name), ("simulate", self.solver)]
        return [
            command_line(word, name, self.settings, self.responder.space, device, wave)
            for word, name in (asked if self.predicted else [("simulate", self.name)])
            for device in state.devices
        ]
