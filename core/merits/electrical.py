"""Which products and ratios of two units are electrical power and resistance."""

PREFIXES = {"": 1.0, "k": 1e3, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}


def power(input_units: str, output_units: str) -> float | None:
    """Return the power of 1 input unit times 1 output unit, in W; None if it is no power.

    >>> power("V", "mA")
    0.001
    >>> power("V", "1") is None
    True
    """
    for volt, ampere in ((input_units, output_units), (output_units, input_units)):
        v, a = _factor(volt, "V"), _factor(ampere, "A")
        if v is not None and a is not None:
            return v * a
    return None


def ohms(input_units: str, output_units: str) -> tuple[float, bool] | None:
    """Return the resistance of 1 volt unit by 1 ampere unit, in ohm, and whether the input is volt.

    >>> ohms("V", "mA")
    (1000.0, True)
    """
    if power(input_units, output_units) is None:
        return None
    volt = _factor(input_units, "V")
    if volt is not None:
        return volt / (_factor(output_units, "A") or 1.0), True
    return (_factor(output_units, "V") or 1.0) / (_factor(input_units, "A") or 1.0), False


def _factor(units: str, base: str) -> float | None:
    prefix = units.removesuffix(base)
    return PREFIXES.get(prefix) if units.endswith(base) else None
