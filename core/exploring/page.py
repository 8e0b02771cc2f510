"""The page of one session: controls on the left, curves on the right, what they say beside."""

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

from ..errors import DynsurError
from ..inference import MeasuredLoop
from ..reporting.formatting import listed
from ..response import Response
from .answers import Answers, Simulated, columns_of
from .curves import curve, curves_csv
from .drives import Drive, Drives
from .latest import Latest
from .measured import read_dropped
from .merit_table import merit_html, rows_of
from .nearest import Nearest
from .state import State
from .target import Target
from .widgets import NAMES, Arrangement, Figures, lines_html

Merits = list[dict[str, str]]
STARTING = "The first curve is on its way; on a new installation code is compiled for a minute."
REST = 150  # ms without a request, after which the hand is taken to rest


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
        self._settling, self._rests_at = False, 0.0
        self.space = target.responder.space
        self.simulator = target.responder.simulator
        self.figures = Figures(self.simulator, state.output, target.predicted)
        if state.input:
            self.figures.show_input(state.input)
        self.latest = Latest(answers.respond, self._answered, document.add_next_tick_callback)
        self.solver = Latest(answers.simulate, self._simulated, document.add_next_tick_callback)
        self.fits = Latest(answers.fit, self._fitted, document.add_next_tick_callback)
        self.loops: tuple[MeasuredLoop, ...] = ()
        self.response: tuple[State, Response, Merits] | None = None
        self.solved: list[tuple[Simulated, Drive | Drives, Merits] | None] = [None, None]
        self.widgets = Arrangement(target.name, self.simulator, state, self.figures, self)
        document.title = f"{target.name} · dynsur"
        document.add_root(self.widgets.root)
        document.js_on_event("document_ready", self.figures.paint_above())
        self.tell(*complaints)
        self.widgets.status.text = STARTING
        self.refresh()

    def refresh(self) -> None:
        """Ask for the curves of the state."""
        self._rests_at = monotonic() + REST / 1000
        self.latest.request(self.state)

    def _write_what_leaves(self) -> None:
        """Write the link and the commands of the state."""
        for d, solved in enumerate(self.solved):
            self.figures.mark_solved(d, solved is not None and self._still_shows(d, solved))
        query, commands = self.state.query(self.space), self.target.commands(self.state)
        self.widgets.leaving.write(query, commands, self.state.drive)

    def _still_shows(self, device: int, solved: tuple[Simulated, Drive | Drives, Merits]) -> bool:
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
            self.figures.solved[1].clear()
            self._show_profiles()
        self.refresh()

    def driven(self, drive: Drive | Drives) -> None:
        """Take a new drive."""
        self.tell()
        self.state = replace(self.state, drive=drive)
        self.refresh()

    def chosen(self, output: str) -> None:
        """Draw another output."""
        self.state = replace(self.state, output=output)
        self.figures.show_output(output)
        self._draw_anew()

    def over(self, name: str) -> None:
        """Draw over another input."""
        self.state = replace(self.state, input=name)
        self.figures.show_input(name)
        self._draw_anew()

    def _draw_anew(self) -> None:
        for d, solved in enumerate(self.solved):
            if solved is not None:
                self.figures.solved[d].show(self._curve(solved[0].response, 0))
        if self.widgets.has_file:
            self.dropped()
        self.refresh()

    def _curve(self, response: Response, row: int) -> dict[str, Any]:
        output = self.state.output
        # Only a system without an input is drawn in the phase plane.
        second = "" if self.simulator.inputs else self.figures.second_of(output)
        return curve(response, row, output, second, self.state.input)

    def _answered(self, state: State, answer: Response | DynsurError) -> None:
        """Draw the curves of a state."""
        if self.widgets.status.text == STARTING:
            self.widgets.status.text = ""
        if isinstance(answer, DynsurError):
            self.tell(str(answer))
            return
        self._show_answer(state, answer)
        self._settle_soon()

    def _settle_soon(self) -> None:
        if not self._settling:
            self._settling = True
            self.document.add_timeout_callback(self._settle, REST)

    def _settle(self) -> None:
        """Write what would slow the curves down while the hand moves, once it rests."""
        left = round(1000 * (self._rests_at - monotonic()))
        if left > 0 or self.latest.busy:
            self.document.add_timeout_callback(self._settle, max(REST // 3, left))
            return
        self._settling = False
        self.figures.adjust(resting=True)
        if self.response is not None:
            state, answer, _ = self.response
            merits = rows_of(self.simulator, columns_of(state), answer)
            self.response = (state, answer, merits)
        self._show_merits()
        self._write_what_leaves()

    def _show_answer(self, state: State, answer: Response) -> None:
        for d in range(len(NAMES)):
            if d < len(answer):
                self.figures.show_quick(d, self._curve(answer, d))
            else:
                self.figures.hide_quick(d)
        self.figures.adjust()
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
            self.figures.solved[d].show(self._curve(simulated.response, 0))
            self.figures.mark_solved(d, self._still_shows(d, solved))
        self._show_profiles()
        self._settle_soon()
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
        if not self.widgets.has_file:
            return
        self.tell()
        try:
            measured = read_dropped(
                str(self.widgets.file.filename), str(self.widgets.file.value), self.simulator,
                self.state.output, str(self.widgets.columns.value).strip() or None,
                self.state.input,
            )  # fmt: skip
        except DynsurError as error:
            self.widgets.read.text = ""
            self.figures.measured.clear()
            self.widgets.fit.visible = False
            self.tell(str(error))
            return
        self.figures.show_measured(measured, self.state.output)
        self._settle_soon()
        self.widgets.read.text = lines_html([measured.summary])
        # Of a system that is simulated a fit takes long; `dynsur fit` does it.
        self.loops = measured.loops if self.target.predicted else ()
        self.widgets.fit.visible = bool(self.loops)

    def fit(self) -> None:
        """Fit the first device to the measured file."""
        self.widgets.read.text = "The model is being fitted …"
        self.fits.request(self.loops)

    def _fitted(self, loops: Sequence[MeasuredLoop], answer: Nearest | DynsurError) -> None:
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
            f"Device A is the nearest to {listed([loop.name for loop in loops])}: its residuals "
            f"are {answer.misfit:.3g} times"
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
