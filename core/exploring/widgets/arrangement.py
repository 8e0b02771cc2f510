"""All widgets of the page and where they stand."""

from collections.abc import Sequence
from typing import Any, Protocol

from markupsafe import Markup

from ...systems.simulator import Simulator
from ..drives import Drive, Drives
from ..state import State
from .axes import bokeh
from .device_controls import DeviceControls
from .drive_controls import DriveControls
from .figures import NAMES, Figures
from .leaving import Leaving


class Reactions(Protocol):
    """What happens when a hand moves something."""

    def moved(self, device: int, name: str, value: float) -> None:
        """Take a new value of a device's parameter."""
        ...

    def driven(self, drive: Drive | Drives) -> None:
        """Take a new drive."""
        ...

    def chosen(self, output: str) -> None:
        """Draw another output."""
        ...

    def over(self, name: str) -> None:
        """Draw over another input."""
        ...

    def doubled(self, shown: bool) -> None:
        """Show or hide the second device."""
        ...

    def simulate(self) -> None:
        """Ask the solver."""
        ...

    def dropped(self) -> None:
        """Read the measured file again."""
        ...

    def fit(self) -> None:
        """Fit the first device to the measured file."""
        ...

    def tell(self, *lines: str) -> None:
        """Show lines above the figures, or nothing."""
        ...

    def table(self) -> str:
        """Return the curves that are shown as CSV."""
        ...


class Arrangement:
    """The widgets, connected with what they cause.

    Args:
        name: What is explored, as the user typed it.
        simulator: The system.
        state: What is shown first.
        figures: The figures.
        reactions: What moving a widget causes.
    """

    def __init__(
        self, name: str, simulator: Simulator, state: State, figures: Figures,
        reactions: Reactions,
    ) -> None:  # fmt: skip
        models = bokeh("models")
        self.message = _note("message", "#a31515")
        self.unfamiliar = _note("unfamiliar", "#8a5a00")
        self.status = models.Div(text="", name="status")
        self.merits = models.Div(text="", name="merits")
        self.read = models.Div(text="", name="read")
        self.leaving = Leaving(reactions.table)
        self.leaving.offer_picture(figures.layout)
        self._build_devices(simulator, state, reactions)
        self._build_file(reactions)
        run = models.Button(
            label="Simulate with the solver", button_type="primary", name="simulate"
        )
        run.on_click(reactions.simulate)
        left = models.Column(
            *_drive_controls(simulator, state, reactions),
            *_output_choice(simulator, state, reactions),
            run, self.status, self._tabs, width=360,
        )  # fmt: skip
        files = models.Column(
            self.file, self.columns, self.read, self.fit, sizing_mode="stretch_width"
        )
        right = models.Column(
            self.message, self.unfamiliar, figures.layout, figures.profiles,
            self.merits,
            models.Row(files, self.leaving.layout, sizing_mode="stretch_width"),
            sizing_mode="stretch_width",
        )  # fmt: skip
        heading = Markup("<h2 style='margin:0'>{}</h2><p style='margin:0'>{}</p>")
        self.root = models.Column(
            models.Div(text=str(heading.format(name, simulator.description)), name="heading"),
            models.Row(left, right, sizing_mode="stretch_width"),
            sizing_mode="stretch_width",
        )

    @property
    def has_file(self) -> bool:
        """Whether a measured file was chosen or dropped."""
        try:
            return bool(self.file.value)
        except ValueError:  # Bokeh's widget has no value before there is a file
            return False

    def _build_devices(self, simulator: Simulator, state: State, reactions: Reactions) -> None:
        models = bokeh("models")
        first_values = (state.devices[0], state.devices[-1])
        self.devices = [
            DeviceControls(
                simulator.space, values, "ab"[d],
                lambda name, value, d=d: reactions.moved(d, name, value), reactions.tell,
            )
            for d, values in enumerate(first_values)
        ]  # fmt: skip
        self.second = models.Toggle(
            label="Show a second device", active=len(state.devices) == 2, name="second", width=250
        )
        self.second.on_change("active", lambda _a, _o, new: reactions.doubled(new))
        second = models.Column(self.second, self.devices[1].layout)
        self._tabs = models.Tabs(
            tabs=[
                models.TabPanel(child=self.devices[0].layout, title=NAMES[0]),
                models.TabPanel(child=second, title=NAMES[1]),
            ],
            name="devices",
        )

    def _build_file(self, reactions: Reactions) -> None:
        models = bokeh("models")
        self.columns = models.TextInput(
            title="Columns of the file, where it does not say them (time=1:ms,voltage=3)",
            name="columns", min_width=300, sizing_mode="stretch_width",
        )  # fmt: skip
        self.file = models.FileInput(
            title="Measured file (choose it, or drop it here)", name="file", min_width=300,
            accept=".csv,.txt,.dat,.tsv,.xlsx,.parquet", sizing_mode="stretch_width",
        )  # fmt: skip
        self.fit = models.Button(label="Fit device A to the file", name="fit", visible=False)
        self.fit.on_click(reactions.fit)
        # The name and the content of a file arrive together.
        self.file.on_change("value", lambda _a, _o, _n: reactions.dropped())
        self.columns.on_change("value", lambda _a, _o, _n: reactions.dropped())


def lines_html(lines: Sequence[str]) -> str:
    """Return lines of plain text as HTML."""
    return str(Markup("<br>").join(lines))


def _note(name: str, colour: str) -> Any:
    return bokeh("models").Div(text="", name=name, visible=False, styles={"color": colour})


def _drive_controls(simulator: Simulator, state: State, reactions: Reactions) -> list[Any]:
    if isinstance(state.drive, Drive):
        variables = simulator.inputs[:1]
        controls = [
            DriveControls(v, state.drive, reactions.driven, reactions.tell) for v in variables
        ]
        return [control.layout for control in controls]
    drives = dict(state.drive.by_input)

    def take(name: str, drive: Drive) -> None:
        drives[name] = drive
        reactions.driven(Drives(dict(drives)))

    layouts = [
        DriveControls(
            v, drives[v.name], lambda drive, v=v: take(v.name, drive), reactions.tell,
            f"drive.{v.name}",
        ).layout
        for v in simulator.inputs
    ]  # fmt: skip
    names = [v.name for v in simulator.inputs]
    over = bokeh("models").Select(
        title="Drawn over", options=names, value=state.input or names[0], name="input", width=250
    )
    over.on_change("value", lambda _a, _o, new: reactions.over(new))
    return [*layouts, over]


def _output_choice(simulator: Simulator, state: State, reactions: Reactions) -> list[Any]:
    names = [v.name for v in simulator.outputs]
    if len(names) == 1:
        return []
    choice = bokeh("models").Select(
        title="Output", options=names, value=state.output, name="output", width=250
    )
    choice.on_change("value", lambda _a, _o, new: reactions.chosen(new))
    return [choice]
