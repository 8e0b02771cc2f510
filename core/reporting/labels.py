"""Format the names of quantities: axis labels, units and symbols in HTML."""

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    import xarray as xr

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
UNIT_NAMES = {"1": "", "um": "µm", "m_0": "m₀"}
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Omega": "Ω", "cdot": "·",
}  # fmt: skip


def unit_text(units: str) -> str:
    """Return a unit with raised exponents; that of a dimensionless quantity is empty.

    >>> unit_text("m^2/(V s)"), unit_text("um"), unit_text("1"), unit_text("A*V"), unit_text("1*V")
    ('m²/(V s)', 'µm', '', 'A V', 'V')
    """
    units = " ".join(part for part in units.split("*") if part != "1") or "1"
    raised = re.sub(r"\^(-?\d+)", lambda m: m.group(1).translate(RAISED), units)
    return UNIT_NAMES.get(units, raised)


def axis_label(variable: "xr.DataArray", absolute: bool = False) -> str:
    """Return "long name symbol (unit)" for an axis.

    Args:
        variable: The variable on the axis, with its name in its attributes.
        absolute: Whether the axis shows the absolute value.
    """
    name = str(variable.attrs.get("long_name", variable.name))
    symbol = _mathtext(str(variable.attrs.get("symbol", "")), str(variable.name))
    if absolute:
        name, symbol = (name, f"|{symbol}|") if symbol else (f"|{name}|", "")
    units = unit_text(str(variable.attrs.get("units", "1")))
    return " ".join(part for part in (name, symbol, f"({units})" if units else "") if part)


def _mathtext(symbol: str, name: str) -> str:
    """Return a symbol for matplotlib, or "" if it only repeats the name."""
    if not symbol or (symbol == name and len(symbol) > 1):
        return ""
    return symbol if symbol.startswith("$") else f"${symbol}$"


def symbol_of(variable: "xr.DataArray") -> str:
    """Return the symbol of a variable for matplotlib, or else its name."""
    """Return the symbol of a variable for matplotlib, or its name."""
    symbol = str(variable.attrs.get("symbol", variable.name))
    return symbol if symbol.startswith("$") or len(symbol) > 1 else f"${symbol}$"


def plain_label(variable: "xr.DataArray", name: str) -> str:
    """Return "long name (unit)" as plain text.

    Args:
        variable: A variable with its name and unit in its attributes.
        name: What it is called without a long name.
    """
    units = unit_text(str(variable.attrs.get("units", "1")))
    return f"{variable.attrs.get('long_name', name)}{f' ({units})' if units else ''}"


def name_of(store: "xr.Dataset", variable: str) -> str:
    """Return the long name of a variable of a store, or else its name."""
    return str(store[variable].attrs.get("long_name", variable))


def symbol_html(symbol: str) -> Markup:
    r"""Convert the simple TeX of symbols (Greek letters and indices) to HTML.

    >>> str(symbol_html(r"$\mu_x$")), str(symbol_html(r"$U_{\max}$"))
    ('μ<sub>x</sub>', 'U<sub>max</sub>')
    >>> str(symbol_html(r"$k_\mathrm{off}$"))
    'k<sub>off</sub>'
    """
    symbol = re.sub(r"\\(?:mathrm|text|mathit|mathsf)(?=\{)", "", symbol)
    text = re.sub(r"\\([A-Za-z]+)\s?", lambda m: GREEK.get(m.group(1), m.group(1)), symbol)
    text = str(escape(text.replace("$", "")))
    for mark, tag in (("_", "sub"), ("^", "sup")):
        pattern = rf"\{mark}(?:\{{([^}}]*)\}}|(.))"
        text = re.sub(pattern, lambda m, t=tag: f"<{t}>{m.group(1) or m.group(2)}</{t}>", text)
    return Markup(text)
