"""A first-order lag, and the device of it that tests of fits measure."""

from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, triangle

SPACE = ParameterSpace(
    (
        Parameter("rate", 0.5, 5.0, "1/s", scale="log"),
        Parameter("gain", 0.2, 2.0, "A/V"),
        Parameter("idle", 0.0, 1.0, "1"),
        Parameter("U_max", 0.5, 2.0, "V"),
    )
)
LAG = ODESystem(
    name="lag",
    description="a first-order lag, i' = rate (gain u − i)",
    space=SPACE,
    inputs=(Variable("voltage", "V", "voltage", "U"),),
    outputs=(Variable("current", "A", "current", "I"),),
    rhs=lambda t, y, u, p: (p["rate"] * (p["gain"] * u - y[0]),),
    drive=lambda p: triangle(p["U_max"], 4.0),
    start=lambda p: (0.0,),
    points=41,
)
TRUTH = {"rate": 1.5, "gain": 0.8, "idle": 0.5, "U_max": 1.2}
NOISE = 0.01  # A
