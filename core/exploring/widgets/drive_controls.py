"""The controls of the drive: its kind and the numbers of that kind."""

from collections.abc import Callable
from typing import Any

from ...errors import DynsurError
from ...systems.variables import Variable
from ..drives import FIELDS, OWN, TIMES, VALUES, Drive
from .axes import bokeh

KINDS = {OWN: "the system's own", "triangle": "triangle", "sine": "sine", "pulses": "pulses"}


class DriveControls:
    """A choice of the kind of drive, with a text for each of its fields.

    Args:
        variable: The driven variable.
        drive: The first drive; its fields hold texts for all kinds.
        changed: Called with the new drive.
        complain: Called with one line where a text is not accepted.
        name: Begins the names of the widgets.
    """

    def __init__(
        self,
        variable: Variable,
        drive: Drive,
        changed: Callable[[Drive], None],
        complain: Callable[[str], None],
        name: str = "drive",
    ) -> None:
        models = bokeh("models")
        self._drive, self._changed, self._complain = drive, changed, complain
        self.kind = models.Select(
            title=f"Drive: {variable.long_name or variable.name}", value=drive.kind, name=name,
            options=list(KINDS.items()), width=250,
        )  # fmt: skip
        self.fields: dict[str, Any] = {}
        for field, text in drive.fields.items():
            units = "s" if field in TIMES else variable.units
            unit = f" ({units})" if field in (*TIMES, *VALUES) else ""
            self.fields[field] = models.TextInput(
                title=f"{field}{unit}", value=text, name=f"{name}.{field}", width=120,
                visible=field in FIELDS[drive.kind],
            )  # fmt: skip
            self.fields[field].on_change("value", lambda _a, _o, _n: self._read())
        self.kind.on_change("value", lambda _a, _o, _n: self._read())
        self.layout = models.Column(self.kind, models.FlexBox(*self.fields.values(), width=340))

    def _read(self) -> None:
        kind = str(self.kind.value)
        for name, text in self.fields.items():
            text.visible = name in FIELDS[kind]
        drive = Drive(kind, {name: str(text.value) for name, text in self.fields.items()})
        try:
            drive.waveform()
        except DynsurError as error:
            self._complain(str(error))
            return
        if drive != self._drive:
            self._drive = drive
            self._changed(drive)
