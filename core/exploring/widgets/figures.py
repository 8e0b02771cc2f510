"""The figures of the page: loops, linear and logarithmic, curves over time, the inner state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...systems.simulator import Simulator
from ...systems.variables import Variable
from ..answers import Profile
from ..curves import label
from ..measured import Measured
from .axes import HeldAxis, bokeh
from .drawn import LOGARITHMIC, Drawn, together
from .painting import paint_above

COLOURS = ("#1f5fa8", "#c8501e")  # of the two devices
MEASURED = "#222222"
TOOLS = "pan,wheel_zoom,box_zoom,reset,save"
NAMES = ("Device A", "Device B")
DRIVE = ("time", "input")  # columns of the drive's own figure


@dataclass(frozen=True)
class Panel:
    """A figure that draws one column of all curves over another one.

    Args:
        figure: Bokeh's figure.
        columns: The columns along x and y.
        axes: The axes along x and y.
        curves: What it draws.
    """

    figure: Any
    columns: tuple[str, str]
    axes: tuple[HeldAxis, HeldAxis]
    curves: Sequence[Drawn]


class Figures:
    """The figures and the curves that they draw.

    Args:
        simulator: The system.
        output: Name of the output that is drawn first.
        predicted: Whether a trained model answers, whose curves the legend calls predicted.
    """

    def __init__(self, simulator: Simulator, output: str, predicted: bool) -> None:
        models = bokeh("models")
        self.simulator = simulator
        self._input = next(iter(simulator.inputs), None)
        self.quick = [Drawn(f"quick-{d}") for d in "ab"]
        # Its figure is not painted again while the curves follow the hand under one drive.
        self.drives = [Drawn(f"drive-{d}", DRIVE) for d in "ab"]
        self.solved = [Drawn(f"solved-{d}") for d in "ab"]
        self.measured = Drawn("measured")
        self.legends = [f"{name}, predicted" if predicted else name for name in NAMES]
        self.panels: list[Panel] = []
        self._solved_lines: list[list[Any]] = [[], []]
        self._quick_lines: list[list[Any]] = [[], []]
        self._build(models)
        self.show_output(output)
        self.profiles = models.Column(
            models.Spacer(height=0), name="profiles", sizing_mode="stretch_width"
        )

    def _build(self, models: Any) -> None:
        if self.simulator.inputs:
            self._panel("input", "output")
            self._panel("input", "size")
            time = HeldAxis()
            self._panel("time", "output", time)
            self._panel("time", "input", time)
        else:
            self._panel("time", "output")
            self._panel("time", "size")
            if len(self.simulator.outputs) > 1:
                self._panel("second", "output")
        figures = [panel.figure for panel in self.panels]
        self.layout = models.Column(
            *[
                models.Row(*figures[i : i + 2], sizing_mode="stretch_width")
                for i in range(0, len(figures), 2)
            ],
            sizing_mode="stretch_width",
            name="figures",
        )

    def _panel(self, x: str, y: str, x_axis: HeldAxis | None = None) -> None:
        """Draw all curves of one pair of columns."""
        axes = (x_axis or HeldAxis(), HeldAxis(y in LOGARITHMIC))
        figure = bokeh("plotting").figure(
            height=330, min_width=320, sizing_mode="stretch_width", tools=TOOLS,
            y_axis_type="log" if y in LOGARITHMIC else "linear", name=f"{x}-{y}",
            x_range=axes[0].range, y_range=axes[1].range,
        )  # fmt: skip
        figure.toolbar.logo = None
        figure.xaxis.ticker.desired_num_ticks = 5
        axes[0].write_ticks(figure.xaxis)
        axes[1].write_ticks(figure.yaxis)
        first = not self.panels
        curves = self._draw_devices(figure, x, y, named=first)
        if x != "second":
            figure.scatter(
                x, y, source=self.measured.source, color=MEASURED, size=3,
                **({"legend_label": "measured"} if first else {}),
            )  # fmt: skip
            curves.append(self.measured)
        if first:
            figure.legend.label_text_font_size = "9pt"
            figure.legend.orientation = "horizontal"
            figure.legend.border_line_alpha = 0.0
            figure.legend.margin = figure.legend.padding = 0
            figure.legend.spacing = 12
            figure.add_layout(figure.legend[0], "above")
        panel = Panel(figure, (x, y), axes, curves)
        figure.on_event("reset", lambda _event: self._reset(panel))
        self.panels.append(panel)

    def _draw_devices(self, figure: Any, x: str, y: str, named: bool) -> list[Drawn]:
        """Draw both devices as predicted, with their bands, and as simulated."""
        curves = []
        side = {"output": ("low", "high"), "size": ("size_low", "size_high")}.get(y)
        for i, colour in enumerate(COLOURS):
            quick = self.drives[i] if (x, y) == ("time", "input") else self.quick[i]
            if side and x != "second":
                figure.varea(
                    x=x, y1=side[0], y2=side[1], source=quick.source, fill_color=colour,
                    fill_alpha=0.18,
                )  # fmt: skip
            styles: list[dict[str, Any]] = [{}, {"line_dash": "dashed"}]
            if named:
                styles[0]["legend_label"] = self.legends[i]
                styles[1]["legend_label"] = f"{NAMES[i]}, solver"
            for drawn, lines, style in (
                (quick, self._quick_lines[i], styles[0]),
                (self.solved[i], self._solved_lines[i], styles[1]),
            ):
                lines.append(
                    figure.line(x, y, source=drawn.source, color=colour, line_width=2, **style)
                )
                curves.append(drawn)
        return curves

    def paint_above(self) -> Any:
        """Return the script that lets the browser paint curves without painting their axes."""
        renderers = [r for panel in self.panels for r in panel.figure.renderers]
        return paint_above(renderers, self.panels[0].figure.legend[0])

    def show_quick(self, device: int, columns: Mapping[str, Any]) -> None:
        """Draw the curve of a device that follows the hand."""
        self.quick[device].show(columns)
        self.drives[device].show({name: columns[name] for name in DRIVE})

    def hide_quick(self, device: int) -> None:
        """Draw a device no longer."""
        self.quick[device].clear()
        self.drives[device].clear()

    def adjust(self, resting: bool = False) -> None:
        """Adjust the axes to what is drawn; bands do not widen them.

        Args:
            resting: Whether the hand rests, so that axes may be drawn closer.
        """
        for panel in self.panels:
            self._adjust(panel, resting)

    def _adjust(self, panel: Panel, resting: bool) -> None:
        for axis, column in zip(panel.axes, panel.columns, strict=True):
            axis.show(together([curve.reach(column) for curve in panel.curves]), resting)

    def _reset(self, panel: Panel) -> None:
        for axis in panel.axes:
            axis.start_anew()
        self._adjust(panel, resting=True)

    def name_what_is_drawn(self) -> None:
        """List in the legend only those curves that there are."""
        for item in self.panels[0].figure.legend[0].items:
            item.visible = len(item.renderers[0].data_source.data["time"]) > 0

    def show_output(self, output: str) -> None:
        """Write the axes for an output."""
        variable = next(v for v in self.simulator.outputs if v.name == output)
        second = next(v for v in self.simulator.outputs if v.name == self.second_of(output))
        titles = {"time": "time (s)", "output": label(variable), "second": label(second)}
        titles["size"] = f"|{variable.long_name or variable.name}|{_units(variable)}"
        if self._input is not None:
            titles["input"] = label(self._input)
        for panel in self.panels:
            x, y = panel.columns
            panel.figure.xaxis.axis_label, panel.figure.yaxis.axis_label = titles[x], titles[y]
            for axis, column in zip(panel.axes, panel.columns, strict=True):
                if column not in ("time", "input"):
                    axis.start_anew()

    def show_input(self, name: str) -> None:
        """Write the axes for an input."""
        chosen = next(v for v in self.simulator.inputs if v.name == name)
        self._input = chosen
        for panel in self.panels:
            x, y = panel.columns
            if x == "input":
                panel.figure.xaxis.axis_label = label(chosen)
            if y == "input":
                panel.figure.yaxis.axis_label = label(chosen)
            for axis, column in zip(panel.axes, panel.columns, strict=True):
                if column == "input":
                    axis.start_anew()

    def second_of(self, output: str) -> str:
        """Return the output that spans the phase plane with `output`."""
        names = [v.name for v in self.simulator.outputs]
        return names[(names.index(output) + 1) % len(names)]

    def mark_solved(self, device: int, fresh: bool) -> None:
        """Draw the solver's curve faintly where the sliders have moved on since."""
        for line in self._solved_lines[device]:
            line.glyph.line_alpha = 1.0 if fresh else 0.35

    def mark_unfamiliar(self, device: int, reason: str) -> None:
        """Draw a prediction outside of the training dotted."""
        for line in self._quick_lines[device]:
            line.glyph.line_dash = "dotted" if reason else "solid"

    def show_profiles(self, groups: Sequence[tuple[str, Sequence[Profile]]]) -> None:
        """Draw the inner state of simulated devices, two figures in a row."""
        models = bokeh("models")
        drawn = [_profile_figure(f"{name}, solver", p) for name, group in groups for p in group]
        self.profiles.children = [
            models.Row(*drawn[i : i + 2], sizing_mode="stretch_width")
            for i in range(0, len(drawn), 2)
        ]

    def show_measured(self, measured: Measured, output: str) -> None:
        """Overlay a measured curve."""
        y = measured.outputs.get(output, np.full_like(measured.drive, np.nan))
        none = np.full_like(y, np.nan)
        self.measured.show({
            "time": measured.time, "input": measured.drive, "output": y,
            "size": np.where(y != 0.0, abs(y), np.nan),
            "low": none, "high": none, "size_low": none, "size_high": none, "second": none,
        })  # fmt: skip


def _profile_figure(title: str, profile: Profile) -> Any:
    plotting, palettes = bokeh("plotting"), bokeh("palettes")
    values = profile.values
    positive = values[values > 0.0]
    log = positive.size > 0 and bool((values >= -1e-3 * values.max()).all())
    log = log and positive.max() > 10.0 * positive.min()
    panel = plotting.figure(
        height=300, min_width=320, sizing_mode="stretch_width", tools=TOOLS, title=title,
        x_axis_label=profile.x_label, y_axis_label=profile.label,
        y_axis_type="log" if log else "linear",
    )  # fmt: skip
    panel.toolbar.logo = None
    panel.xaxis.ticker.desired_num_ticks = 4
    count = len(values)
    colours = palettes.linear_palette(palettes.Plasma256[:240], count)
    foot = max(positive.min() / 3.0, 1e-12 * values.max()) if log else 0.0
    for k in range(count):
        row = np.maximum(values[k], foot) if log else values[k]
        told = {} if np.isnan(profile.times[k]) else {"legend_label": f"{profile.times[k]:.3g} s"}
        panel.line(profile.x, row, color=colours[k], line_width=1.5, **told)
    if panel.legend:
        panel.legend.label_text_font_size = "8pt"
        panel.add_layout(panel.legend[0], "right")
    return panel


def _units(variable: Variable) -> str:
    return label(variable).removeprefix(variable.long_name or variable.name)
