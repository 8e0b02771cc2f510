"""The page of one session: controls on the left, curves on the right, what they say beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import DynsurError
from ..inference import MeasuredLoop
from ..response import Responder, Response
from .answers import Answers, Simulated, columns_of
from .curves import curve, curves_csv, nothing
from .drives import Drive
from .latest import Latest
from .measured import read_dropped
from .merit_table import merit_html, rows_of
from .nearest import Nearest
from .state import State, command_line
from .widgets import NAMES, Arrangement, Figures, lines_html

Merits = list[dict[str, str]]
REST = 150  # ms without a new curve, after which the hand is taken to rest


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
    usual: Drive

    @property
    def predicted(self) -> bool:
        """Whether a trained model answers."""
        return self.responder.surrogate is not None


class Page:
    """Connects the controls with the answers and the figures.

    Args:
        document: Bokeh's document of the session.
        target: What is explored.
        answers: What computes in the background.
        state: What is shown first.
        complaints: What of the link was not understood, a line each.
    """

    def __init__(
        self, document: Any, target: Target, answers: Answers, state: State,
        complaints: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.document, self.target, self.state = document, target, state
        self.space = target.responder.space
        self.simulator = target.responder.simulator
        self.figures = Figures(self.simulator, state.output, target.predicted)
        self.latest = Latest(answers.respond, self._answered, document.add_next_tick_callback)
        self.solver = Latest(answers.simulate, self._simulated, document.add_next_tick_callback)
        self.fits = Latest(answers.fit, self._fitted, document.add_next_tick_callback)
        self.loop: MeasuredLoop | None = None
        self.response: tuple[State, Response, Merits] | None = None
        self.solved: list[tuple[Simulated, Drive, Merits] | None] = [None, None]
        self._settling: Any = None
        self.widgets = Arrangement(target.name, self.simulator, state, self.figures, self)
        document.title = f"{target.name} · dynsur"
        document.add_root(self.widgets.root)
        self.tell(*complaints)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the curves of the state."""
        self.latest.request(self.state)

    def _write_what_leaves(self) -> None:
        """Write the link and the commands of the state."""
        for d, solved in enumerate(self.solved):
            self.figures.mark_solved(d, solved is not None and self._still_shows(d, solved))
        wave = "drive.csv" if self.state.drive.waveform() is not None else None
        settings, name = self.target.settings, self.target.name
        word = "predict" if self.target.predicted else "simulate"
        commands = [
            command_line(word, name, settings, self.space, device, wave)
            for device in self.state.devices
        ]
        if self.target.predicted:
            commands += [
                command_line("simulate", self.target.solver, settings, self.space, device, wave)
                for device in self.state.devices
            ]
        self.widgets.leaving.write(self.state.query(self.space), commands, self.state.drive)

    def _still_shows(self, device: int, solved: tuple[Simulated, Drive, Merits]) -> bool:
        if device >= len(self.state.devices):
            return False
        same = dict(solved[0].parameters) == dict(self.state.devices[device])
        return same and solved[1].waveform() == self.state.drive.waveform()

    def tell(self, *lines: str) -> None:
        """Show lines above the figures, or nothing."""
        self.widgets.message.text = lines_html(lines)
        self.widgets.message.visible = bool(lines)

    def moved(self, device: int, name: str, value: float) -> None:
        """Take a new value of a device's parameter."""
        self.tell()
        if device < len(self.state.devices):
            self.state = self.state.with_value(device, name, value)
            self.refresh()
        else:
            self.widgets.second.active = True

    def doubled(self, shown: bool) -> None:
        """Show or hide the second device."""
        values = {name: c.value for name, c in self.widgets.devices[1].controls.items()}
        first = self.state.devices[0]
        self.state = replace(self.state, devices=(first, values) if shown else (first,))
        if not shown:
            self.solved[1] = None
            self.figures.solved[1].data = nothing()
            self._show_profiles()
        self.refresh()

    def driven(self, drive: Drive) -> None:
        """Take a new drive."""
        self.tell()
        self.state = replace(self.state, drive=drive)
        self.refresh()

    def chosen(self, output: str) -> None:
        """Draw another output."""
        self.state = replace(self.state, output=output)
        self.figures.show_output(output)
        for d, solved in enumerate(self.solved):
            if solved is not None:
                self._draw(self.figures.solved[d], solved[0].response, 0)
        if self.widgets.file.value:
            self.dropped()
        self.refresh()

    def _draw(self, source: Any, response: Response, row: int) -> None:
        output = self.state.output
        source.data = curve(response, row, output, self.figures.second_of(output))

    def _answered(self, state: State, answer: Response | DynsurError) -> None:
        """Draw the curves of a state."""
        if isinstance(answer, DynsurError):
            self.tell(str(answer))
            return
        self._show_answer(state, answer)
        if self._settling is not None:
            self.document.remove_timeout_callback(self._settling)
        self._settling = self.document.add_timeout_callback(self._settle, REST)

    def _settle(self) -> None:
        """Write what would slow the curves down while the hand moves."""
        self._settling = None
        if self.response is not None:
            state, answer, _ = self.response
            merits = rows_of(self.simulator, columns_of(state), answer)
            self.response = (state, answer, merits)
        self._show_merits()
        self._write_what_leaves()

    def _show_answer(self, state: State, answer: Response) -> None:
        for d, source in enumerate(self.figures.quick):
            if d < len(answer):
                self._draw(source, answer, d)
            elif len(source.data["time"]):
                source.data = nothing()
        failed = [
            f"{NAMES[d]}: {reason}" for d, reason in enumerate(answer.reasons) if reason
        ]  # fmt: skip
        if failed:
            self.tell(*failed)
        strange = [f"{NAMES[d]}, outside of the training: {reason}"
                   for d, reason in enumerate(answer.unfamiliar) if reason]  # fmt: skip
        self.widgets.unfamiliar.text = lines_html(strange)
        self.widgets.unfamiliar.visible = bool(strange)
        for d, reason in enumerate(answer.unfamiliar):
            self.figures.mark_unfamiliar(d, reason)
        self.response = (state, answer, [])
        self.figures.name_what_is_drawn()

    def simulate(self) -> None:
        """Ask the solver."""
        self.widgets.status.text = "The solver is at work …"
        self.solver.request(self.state)

    def _simulated(self, state: State, answer: "list[Simulated] | DynsurError") -> None:
        """Overlay what the solver answered."""
        self.widgets.status.text = ""
        if isinstance(answer, DynsurError):
            self.tell(str(answer))
            return
        failed = []
        for d, simulated in enumerate(answer):
            reason = simulated.response.reasons[0]
            if reason:
                failed.append(f"{NAMES[d]}: the simulation failed: {reason}")
                continue
            columns = columns_of(replace(state, devices=(simulated.parameters,)))
            merits = rows_of(self.simulator, columns, simulated.response)
            solved = (simulated, state.drive, merits)
            self.solved[d] = solved
            self._draw(self.figures.solved[d], simulated.response, 0)
            self.figures.mark_solved(d, self._still_shows(d, solved))
        self._show_profiles()
        self._show_merits()
        self.tell(*failed)

    def _show_profiles(self) -> None:
        self.figures.show_profiles(
            [(NAMES[d], s[0].profiles) for d, s in enumerate(self.solved) if s is not None]
        )

    def _show_merits(self) -> None:
        columns: list[tuple[str, dict[str, str]]] = []
        if self.response is not None:
            columns += list(zip(self.figures.legends, self.response[2], strict=False))
        columns += [(f"{NAMES[d]}, solver", s[2][0]) for d, s in enumerate(self.solved) if s]
        self.figures.name_what_is_drawn()
        self.widgets.merits.text = merit_html(columns)

    def dropped(self) -> None:
        """Overlay a measured file, or say what is wrong with it."""
        # Bokeh sets the content first and the name after it, in one message.
        self.document.add_next_tick_callback(self._read_file)

    def _read_file(self) -> None:
        if not self.widgets.file.value:
            return
        self.tell()
        try:
            measured = read_dropped(
                str(self.widgets.file.filename), str(self.widgets.file.value), self.simulator,
                self.state.output, str(self.widgets.columns.value).strip() or None,
            )  # fmt: skip
        except DynsurError as error:
            self.widgets.read.text, self.figures.measured.data = "", nothing()
            self.widgets.fit.visible = False
            self.tell(str(error))
            return
        self.figures.show_measured(measured, self.state.output)
        self.figures.name_what_is_drawn()
        self.widgets.read.text = lines_html([measured.summary])
        # Of a system that is simulated a fit takes long; `dynsur fit` does it.
        self.loop = measured.loop if self.target.predicted else None
        self.widgets.fit.visible = self.loop is not None

    def fit(self) -> None:
        """Fit the first device to the measured file."""
        self.widgets.read.text = "The model is being fitted …"
        self.fits.request(self.loop)

    def _fitted(self, loop: MeasuredLoop, answer: Nearest | DynsurError) -> None:
        """Show the nearest device."""
        if isinstance(answer, DynsurError):
            self.widgets.read.text = ""
            self.tell(str(answer))
            return
        known = {k: v for k, v in answer.values.items() if k in self.space.names}
        device = {**self.state.devices[0], **known}
        self.widgets.devices[0].set(device)
        self.state = replace(self.state, devices=(device, *self.state.devices[1:]))
        told = (
            f"Device A is the nearest to {loop.name}: its residuals are {answer.misfit:.3g} times"
        )
        rest = (
            "2 % of the output and 0.1 % of its peak. `dynsur fit` says what the file determines."
        )
        self.widgets.read.text = lines_html([f"{told} {rest}"])
        self.refresh()

    def table(self) -> str:
        """Return all curves that are shown as CSV."""
        parts: list[tuple[str, Response, int]] = []
        if self.response is not None:
            response = self.response[1]
            parts += [(self.figures.legends[d], response, d) for d in range(len(response))]
        parts += [(f"{NAMES[d]}, solver", s[0].response, 0) for d, s in enumerate(self.solved) if s]
        return curves_csv(self.simulator, parts)
