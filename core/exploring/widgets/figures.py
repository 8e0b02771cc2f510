"""The figures of the page: loops, linear and logarithmic, curves over time, the inner state."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...optional import needed
from ...systems.simulator import Simulator
from ...systems.variables import Variable
from ..answers import Profile
from ..curves import label, nothing
from ..measured import Measured

COLOURS = ("#1f5fa8", "#c8501e")  # of the two devices
MEASURED = "#222222"
TOOLS = "pan,wheel_zoom,box_zoom,reset,save"
NAMES = ("Device A", "Device B")


def bokeh(module: str) -> Any:
    """Import a module of Bokeh, which is loaded only for the explorer."""
    return needed(f"bokeh.{module}", "explore", "the explorer")


class Figures:
    """The figures and the sources that they draw.

    Args:
        simulator: The system.
        output: Name of the output that is drawn first.
        predicted: Whether a trained model answers, whose curves the legend calls predicted.
    """

    def __init__(self, simulator: Simulator, output: str, predicted: bool) -> None:
        models = bokeh("models")
        self.simulator = simulator
        self.quick = [models.ColumnDataSource(nothing(), name=f"quick-{d}") for d in "ab"]
        self.solved = [models.ColumnDataSource(nothing(), name=f"solved-{d}") for d in "ab"]
        self.measured = models.ColumnDataSource(nothing(), name="measured")
        self.legends = [f"{name}, predicted" if predicted else name for name in NAMES]
        self.panels: list[tuple[Any, str, str]] = []
        self._solved_lines: list[list[Any]] = [[], []]
        self._build(models)
        self.show_output(output)
        self.profiles = models.Column(
            models.Spacer(height=0), name="profiles", sizing_mode="stretch_width"
        )

    def _build(self, models: Any) -> None:
        over = self.simulator.inputs[0].name if self.simulator.inputs else ""
        if over:
            self._panel("input", "output", linear=True)
            self._panel("input", "size", linear=False)
            self._panel("time", "output", linear=True)
            self._panel("time", "input", linear=True)
            tools = [panel for panel, _, _ in self.panels]
            tools[3].x_range = tools[2].x_range
        else:
            self._panel("time", "output", linear=True)
            self._panel("time", "size", linear=False)
            if len(self.simulator.outputs) > 1:
                self._panel("second", "output", linear=True)
        figures = [panel for panel, _, _ in self.panels]
        self.layout = models.Column(
            *[
                models.Row(*figures[i : i + 2], sizing_mode="stretch_width")
                for i in range(0, len(figures), 2)
            ],
            sizing_mode="stretch_width",
            name="figures",
        )

    def _panel(self, x: str, y: str, *, linear: bool) -> None:
        """Draw all curves of one pair of columns."""
        plotting = bokeh("plotting")
        panel = plotting.figure(
            height=330, min_width=320, sizing_mode="stretch_width", tools=TOOLS,
            y_axis_type="linear" if linear else "log", name=f"{x}-{y}",
        )  # fmt: skip
        panel.toolbar.logo = None
        panel.xaxis.ticker.desired_num_ticks = 5
        shown = []
        side = {"output": ("low", "high"), "size": ("size_low", "size_high")}.get(y)
        for i, colour in enumerate(COLOURS):
            if side and x != "second":
                panel.varea(
                    x=x, y1=side[0], y2=side[1], source=self.quick[i], fill_color=colour,
                    fill_alpha=0.18,
                )  # fmt: skip
            first = y in ("output", "size") and x != "second" and not self.panels
            named = {"legend_label": self.legends[i]} if first else {}
            shown.append(
                panel.line(x, y, source=self.quick[i], color=colour, line_width=2, **named)
            )
            named = {"legend_label": f"{NAMES[i]}, solver"} if first else {}
            line = panel.line(
                x, y, source=self.solved[i], color=colour, line_width=2, line_dash="dashed", **named
            )
            self._solved_lines[i].append(line)
            shown.append(line)
        if x != "second":
            named = {"legend_label": "measured"} if not self.panels else {}
            shown.append(panel.scatter(x, y, source=self.measured, color=MEASURED, size=3, **named))
        # Bands do not widen the axes.
        panel.x_range.renderers = shown
        panel.y_range.renderers = shown
        if not self.panels:
            panel.legend.label_text_font_size = "9pt"
            panel.legend.orientation = "horizontal"
            panel.legend.border_line_alpha = 0.0
            panel.legend.margin = panel.legend.padding = 0
            panel.add_layout(panel.legend[0], "above")
        self.panels.append((panel, x, y))

    def name_what_is_drawn(self) -> None:
        """List in the legend only those curves that there are."""
        for item in self.panels[0][0].legend[0].items:
            item.visible = len(item.renderers[0].data_source.data["time"]) > 0

    def show_output(self, output: str) -> None:
        """Write the axes for an output."""
        variable = next(v for v in self.simulator.outputs if v.name == output)
        second = next(v for v in self.simulator.outputs if v.name == self.second_of(output))
        titles = {"time": "time (s)", "output": label(variable), "second": label(second)}
        titles["size"] = f"|{variable.long_name or variable.name}|{_units(variable)}"
        if self.simulator.inputs:
            titles["input"] = label(self.simulator.inputs[0])
        for panel, x, y in self.panels:
            panel.xaxis.axis_label, panel.yaxis.axis_label = titles[x], titles[y]

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
        for panel, _, _ in self.panels:
            for renderer in panel.renderers:
                if renderer.data_source is self.quick[device] and hasattr(
                    renderer.glyph, "line_dash"
                ):
                    renderer.glyph.line_dash = "dotted" if reason else "solid"

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
        self.measured.data = {
            "time": measured.time, "input": measured.drive, "output": y,
            "size": np.where(y != 0.0, abs(y), np.nan),
            "low": none, "high": none, "size_low": none, "size_high": none, "second": none,
        }  # fmt: skip


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
