"""The controls of one device: a slider and a number for each free parameter."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...errors import DynsurError
from ...reporting.labels import unit_text
from ...systems.parameters import Parameter, ParameterSpace
from .axes import bokeh

STEPS = 1000  # of a slider
WRAPPED = ".bk-slider-title { white-space: normal; }"
# The browser writes the number beside a slider itself, so that no message goes back for it. A
# slider that was set to the number beside it, or to the end of its range nearest to it, is left.
FOLLOW = """
const clipped = (x, low, high) => Math.min(Math.max(x, low), high)
const place = logarithmic ? Math.log10(Number(text.value)) : Number(text.value)
if (Math.abs(clipped(place, slider.start, slider.end) - slider.value) < slider.step / 2) return
const value = clipped(logarithmic ? 10 ** slider.value : slider.value, low, high)
text.value = String(Number(value.toPrecision(5)))
"""
Changed = Callable[[str, float], None]
Complain = Callable[[str], None]


class ParameterControl:
    """A slider with a text beside it that takes any accepted value, or a choice.

    Args:
        parameter: The parameter.
        value: Its first value, in its unit.
        name: Name of the widgets, which tests find them by.
        changed: Called with the parameter's name and its new value.
        complain: Called with one line where a value is not accepted.
    """

    def __init__(
        self, parameter: Parameter, value: float, name: str, changed: Changed, complain: Complain
    ) -> None:
        models = bokeh("models")
        self.parameter, self.value = parameter, value
        self._changed, self._complain, self._quiet = changed, complain, False
        title = _title(parameter)
        self.text = models.TextInput(value=_shown(value), width=95, name=f"{name}.text")
        self.text.on_change("value", lambda _a, _o, new: self._typed(new))
        self.slider: Any = None
        if parameter.choices:
            options = [_shown(c) for c in parameter.choices]
            self.text = models.Select(
                title=title, options=options, value=_shown(value), name=f"{name}.text"
            )
            self.text.on_change("value", lambda _a, _o, new: self._typed(new))
            self.layout = self.text
            return
        if parameter.is_fixed:
            self.text.title = title
            self.text.width = 250
            self.layout = self.text
            return
        # A slider over a logarithmic range moves the exponent.
        ends = [self._place(end) for end in (parameter.low, parameter.high)]
        self.slider = models.Slider(
            title=title, start=ends[0], end=ends[1], step=(ends[1] - ends[0]) / STEPS,
            value=min(max(self._place(value), ends[0]), ends[1]), show_value=False, width=235,
            name=name, stylesheets=[WRAPPED],
        )  # fmt: skip
        self.slider.on_change("value", lambda _a, _o, new: self._slid(new))
        follow = {
            "slider": self.slider, "text": self.text, "low": parameter.low,
            "high": parameter.high, "logarithmic": parameter.scale == "log",
        }  # fmt: skip
        self.slider.js_on_change("value", models.CustomJS(args=follow, code=FOLLOW))
        self.layout = models.Row(self.slider, self.text)

    def set(self, value: float) -> None:
        """Move the widgets to a value without telling anyone."""
        self.value, self._quiet = value, True
        self.text.value = _shown(value)
        if self.slider is not None:
            place = self._place(value)
            self.slider.value = min(max(place, self.slider.start), self.slider.end)
        self._quiet = False

    def _place(self, value: float) -> float:
        if self.parameter.scale != "log":
            return float(value)
        return float(np.log10(value))

    def _slid(self, place: float) -> None:
        if self._quiet:
            return
        value = 10.0**place if self.parameter.scale == "log" else float(place)
        self.value = min(max(value, self.parameter.low), self.parameter.high)
        self._changed(self.parameter.name, self.value)

    def _typed(self, text: str) -> None:
        if self._quiet:
            return
        try:
            value = float(text)
            if value == float(_shown(self.value)):
                return  # the number beside the slider that was moved
        except ValueError:
            self._refuse(f"parameter '{self.parameter.name}' must be a number; got '{text:.40}'.")
            return
        try:
            self.parameter.check(value)
        except DynsurError as error:
            self._refuse(str(error))
            return
        self._take(value)

    def _refuse(self, message: str) -> None:
        self.set(self.value)
        self._complain(message)

    def _take(self, value: float) -> None:
        self.set(value)
        self._changed(self.parameter.name, value)


class DeviceControls:
    """The controls of all parameters of one device.

    Args:
        space: The parameters.
        values: Their first values by name.
        prefix: "a" or "b", which begins the widgets' names.
        changed: Called with a parameter's name and its new value.
        complain: Called with one line where a value is not accepted.
    """

    def __init__(
        self,
        space: ParameterSpace,
        values: Mapping[str, float],
        prefix: str,
        changed: Changed,
        complain: Complain,
    ) -> None:
        models = bokeh("models")
        self.controls = {
            p.name: ParameterControl(p, values[p.name], f"{prefix}.{p.name}", changed, complain)
            for p in space
        }
        free = [self.controls[p.name].layout for p in space if not p.is_fixed]
        fixed = [self.controls[p.name].layout for p in space if p.is_fixed]
        folded = models.Column(*fixed, visible=not free)
        unfold = models.Toggle(
            label=f"Fixed parameters ({len(fixed)})", width=250, visible=bool(fixed and free)
        )
        unfold.on_change("active", lambda _a, _o, new: folded.update(visible=new))
        self.layout = models.Column(*free, unfold, folded)

    def set(self, values: Mapping[str, float]) -> None:
        """Move all controls to values without telling anyone."""
        for name, control in self.controls.items():
            control.set(values[name])


def _title(parameter: Parameter) -> str:
    units = unit_text(parameter.units)
    words = parameter.long_name or parameter.name
    named = words if words == parameter.name else f"{words}, {parameter.name}"
    return f"{named}{f' ({units})' if units else ''}"


def _shown(value: float) -> str:
    return f"{value:.5g}"
