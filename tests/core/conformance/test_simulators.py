"""A simulator that keeps its promises passes every check; each check finds its broken one."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest
from dynsur.core import (
    Parameter,
    ParameterSpace,
    Variable,
    failed_trajectory,
    trajectory,
    triangle,
)
from dynsur.core.conformance import (
    SIMULATOR_CHECKS,
    ConformanceError,
    chain,
    check_simulator,
    results,
    simulators,
)
from dynsur.core.conformance.abilities import knows_its_merits
from dynsur.core.conformance.example import EXAMPLE, Example
from dynsur.core.registry.host import host

IN_PROCESS = [check for check in SIMULATOR_CHECKS if check.__name__ != "runs_end_to_end"]


@pytest.mark.parametrize("check", IN_PROCESS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", ["example", "reram"])
def test_our_systems_keep_every_promise(name, check):
    check(EXAMPLE if name == "example" else host().simulator(name))


@pytest.mark.slow
def test_reram_runs_end_to_end():
    chain.runs_end_to_end(host().simulator("reram"))


class Loose:
    """Not a frozen dataclass."""

    def __init__(self):
        for name in ("name", "space", "inputs", "outputs", "points"):
            setattr(self, name, getattr(EXAMPLE, name))


@dataclass(frozen=True)
class TwiceNamed(Example):
    outputs = (Variable("voltage", "A"),)


@dataclass(frozen=True)
class NoUnit(Example):
    outputs = (Variable("current", ""),)


@dataclass(frozen=True)
class AnotherSequence(ParameterSpace):
    """Draws that depend on how many are drawn."""

    def sample(self, seed, start, count):
        u = np.random.default_rng(seed).random((len(self.parameters), start + count))
        return {p.name: p.from_unit(np.sort(u[j])[start:]) for j, p in enumerate(self)}


@dataclass(frozen=True)
class AnotherSampler(Example):
    space: ParameterSpace = AnotherSequence(Example.space.parameters)


@dataclass(frozen=True)
class OtherUnits(Example):
    def simulate(self, parameters):
        data = super().simulate(parameters)
        data["current"].attrs["units"] = "mA"
        return data


@dataclass(frozen=True)
class Shorter(Example):
    def simulate(self, parameters):
        return super().simulate(parameters).isel(time=slice(None, -1))


@dataclass(frozen=True)
class Drifting(Example):
    calls = []  # shared by all instances: hidden state

    def simulate(self, parameters):
        self.calls.append(0)
        data = super().simulate(parameters)
        return data.assign(current=data["current"] * (1 + 1e-15 * len(self.calls)))


@dataclass(frozen=True)
class Credulous(Example):
    def simulate(self, parameters):
        known = {n: float(np.nan_to_num(parameters[n])) for n in self.space.names}
        return super().simulate(known)


@dataclass(frozen=True)
class Raising(Example):
    space = ParameterSpace((Parameter("R", 0.0, 1.0, "ohm", domain=(0.0, 1.0)),))

    def simulate(self, parameters):
        if self.space.values(parameters)["R"] > 0.5:
            raise ZeroDivisionError("R is too large")
        return Example(self.points).simulate({"R": 1.0})


@dataclass(frozen=True)
class Silent(Example):
    def simulate(self, parameters):
        return failed_trajectory(self, "")


@dataclass(frozen=True)
class NotFinite(Example):
    def simulate(self, parameters):
        data = super().simulate(parameters)
        return data.assign(current=data["current"] / 0.0 * 0.0)


@dataclass(frozen=True)
class Forgetful(Example):
    gain: float = 1.0

    def __getstate__(self):
        return {"points": self.points}

    def simulate(self, parameters):
        data = super().simulate(parameters)
        return data.assign(current=data["current"] * vars(self).get("gain", 2.0))


@dataclass(frozen=True)
class IgnoresRanges(Example):
    space: ParameterSpace = Example.space

    def simulate(self, parameters):
        return Example(self.points).simulate({} if self.space.free == () else parameters)


@dataclass(frozen=True)
class AnotherDrive(Example):
    def drive(self, values):
        return triangle(values["U_0"], 1.0)


@dataclass(frozen=True)
class MixedFeatures(Example):
    def features(self, parameters):
        return {"above_mean": parameters["R"] - parameters["R"].mean()}


@dataclass(frozen=True)
class InfiniteFeatures(Example):
    def features(self, parameters):
        return {"infinite": np.full_like(parameters["R"], np.inf)}


@dataclass(frozen=True)
class Estimating(Example):
    """Offers an estimate, right or broken in one way."""

    broken: str = ""

    def estimate(self, parameters, series, time):
        guess = series["voltage"] / parameters["R"][:, None]
        if self.broken == "mixed":
            guess = guess - guess.mean(axis=0)
        if self.broken == "infinite":
            guess = guess / 0.0
        return {"current": guess[0] if self.broken == "shape" else guess}


@dataclass(frozen=True)
class Coarse(Example):
    """Offers a coarse version, right or broken in one way: a fifth too large, none above 50 ohm."""

    broken: str = ""

    def coarse(self, parameters, series, time, wanted):
        r = parameters["R"]
        if self.broken == "mixed":
            r = np.roll(r, 1)
        if self.broken == "deaf":
            r = np.full_like(r, 10.0)
        phase = np.sort(wanted, axis=1) if self.broken == "sorted" else wanted
        amplitude = np.abs(series["voltage"]).max(axis=1, keepdims=True)
        current = 1.2 * amplitude * np.sin(2 * np.pi * phase) / r[:, None]
        reason = np.where(parameters["R"] > 50.0, "R is too large", "").astype(object)
        if self.broken == "far":
            current *= 10.0
        if self.broken != "kept":
            current[reason != ""] = np.nan
        if self.broken == "silent":
            reason[:] = ""
        if self.broken == "shape":
            current = current[:, 1:]
        if self.broken == "reasons":
            reason = reason[:1]
        return (
            {"reason": reason}
            if self.broken == "lacking"
            else {"current": current, "reason": reason}
        )


@dataclass(frozen=True)
class Batching(Example):
    """Simulates many at once, by another rounding, right or broken in one way."""

    broken: str = ""
    calls = []  # shared by all instances: hidden state

    def simulate_batch(self, columns):
        self.calls.append(0)
        count = len(columns["R"])
        rows = [
            self.simulate({name: v[i] for name, v in columns.items()})
            for i in (range(count) if self.broken != "order" else reversed(range(count)))
        ]
        found = {n: np.stack([r[n].values for r in rows]) for n in ("time", "voltage", "current")}
        found["current"] *= 1 + (1e-3 if self.broken == "off" else 1e-9)
        if self.broken == "drifts":
            found["current"] *= 1 + 1e-15 * len(self.calls)
        if self.broken == "infinite":
            found["current"][1] = np.nan
        if self.broken == "shape":
            found["current"] = found["current"][:, 1:]
        if self.broken == "lacking":
            del found["current"]
        return found


@dataclass(frozen=True)
class Chaotic(Example):
    """The logistic map, in which rounding grows to the size of the curve."""

    points: int = 80
    space = ParameterSpace((Parameter("x", 0.1, 0.9, "1"),))

    def simulate(self, parameters):
        return self._from(self.space.values(parameters)["x"])

    def _from(self, x):
        row = [x]
        while len(row) < self.points:
            row.append(3.99 * row[-1] * (1 - row[-1]))
        t = np.arange(self.points) / self.points
        return trajectory(self, t, {"voltage": t, "current": np.array(row)})

    def simulate_batch(self, columns):
        rows = [self._from(x * (1 + 1e-9)) for x in columns["x"]]
        return {n: np.stack([r[n].values for r in rows]) for n in ("time", "voltage", "current")}


def test_optional_members_that_keep_their_promises_pass():
    simulators.knows_its_estimates(Estimating())
    simulators.knows_its_coarse_version(Coarse())
    simulators.simulates_batches_alike(Batching())
    simulators.simulates_batches_alike(Chaotic())
    x = Chaotic().space.sample(0, 0, 1)["x"]
    batch, alone = Chaotic().simulate_batch({"x": x}), Chaotic().simulate({"x": x[0]})
    assert np.abs(batch["current"][0] - alone["current"].values).max() > 0.1


@pytest.mark.parametrize(
    ("check", "broken", "message"),
    [
        ("declares_itself", Loose(), "not a @dataclass"),
        ("declares_itself", TwiceNamed(), "'voltage' named twice"),
        ("declares_itself", NoUnit(), "no unit"),
        ("declares_itself", Example(points=1), "2 or more"),
        ("samples_reproducibly", AnotherSampler(), r"\(seed, i\) alone"),
        ("returns_what_it_declares", OtherUnits(), "returned in 'mA'"),
        ("returns_what_it_declares", Shorter(), "has shape"),
        ("returns_what_it_declares", Silent(), "do not finish"),
        ("repeats_itself", Drifting(), "another 'current'"),
        ("refuses_what_is_invalid", Credulous(), "is accepted"),
        ("finishes_or_says_why", Raising(), "ZeroDivisionError .* at R="),
        ("finishes_or_says_why", Silent(), "without a reason"),
        ("finishes_or_says_why", NotFinite(), "not finite"),
        ("survives_pickling", Forgetful(), "another 'current'"),
        ("can_be_fixed", IgnoresRanges(), "with all parameters fixed"),
        ("foretells_its_input", AnotherDrive(), "not the recorded 'voltage'"),
        ("knows_its_features", MixedFeatures(), "mixes samples"),
        ("knows_its_features", InfiniteFeatures(), "not finite"),
        ("knows_its_estimates", Estimating(broken="mixed"), "mixes samples"),
        ("knows_its_estimates", Estimating(broken="infinite"), "not finite"),
        ("knows_its_estimates", Estimating(broken="shape"), "has shape"),
        ("knows_its_coarse_version", Coarse(broken="mixed"), "mixes samples"),
        ("knows_its_coarse_version", Coarse(broken="deaf"), "use each sample's parameters"),
        ("knows_its_coarse_version", Coarse(broken="far"), "off its own simulation by"),
        ("knows_its_coarse_version", Coarse(broken="sorted"), "depends on the order"),
        ("knows_its_coarse_version", Coarse(broken="kept"), "is not NaN throughout"),
        ("knows_its_coarse_version", Coarse(broken="silent"), "no reason says why"),
        ("knows_its_coarse_version", Coarse(broken="shape"), "has shape"),
        ("knows_its_coarse_version", Coarse(broken="reasons"), "'reason' has shape"),
        ("knows_its_coarse_version", Coarse(broken="lacking"), "does not return 'current'"),
        (
            "simulates_batches_alike",
            Batching(broken="off"),
            "'current' in a batch differs by up to",
        ),
        ("simulates_batches_alike", Batching(broken="order"), "in a batch differs by up to"),
        ("simulates_batches_alike", Batching(broken="drifts"), "another 'current' the second"),
        ("simulates_batches_alike", Batching(broken="infinite"), "not finite in a batch only"),
        ("simulates_batches_alike", Batching(broken="shape"), "of shape"),
        ("simulates_batches_alike", Batching(broken="lacking"), "does not return 'current'"),
        ("runs_end_to_end", EXAMPLE, "no installed plugin offers 'example'"),
    ],
)
@pytest.mark.filterwarnings("ignore:(divide|invalid):RuntimeWarning")
def test_each_check_finds_its_broken_simulator(check, broken, message):
    with pytest.raises(ConformanceError, match=message):
        getattr(simulators, check)(broken)


def test_a_chain_that_stops_is_told():
    failing = dataclasses.replace(host().simulator("duffing"), evaluations=1)
    with pytest.raises(ConformanceError, match="run of 12 samples stops"):
        chain.runs_end_to_end(failing)


def test_all_failures_are_told_at_once():
    with pytest.raises(ConformanceError) as caught:
        check_simulator(OtherUnits())
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert "returned in 'mA'" in lines[0]
    assert "no installed plugin" in lines[1]


def test_what_a_check_trips_over_is_a_line_too():
    found = [result.failure for result in results("simulators", object())]
    assert len(found) == len(SIMULATOR_CHECKS)
    assert sum(map(bool, found)) == len(SIMULATOR_CHECKS) - 9  # nine are of optional members
    assert not any("\n" in failure for failure in found)


@pytest.mark.parametrize(
    ("merits", "said"),
    [
        (lambda p, s, t: {Variable("size", "m"): p["force"] * s["displacement"].max(axis=1)}, ""),
        (lambda p, s, t: {Variable("size", ""): s["drive"].max(axis=1)}, "has no unit"),
        (lambda p, s, t: {Variable("force", "m"): s["drive"].max(axis=1)}, "name that is in use"),
        (lambda p, s, t: {Variable("size", "m"): s["drive"]}, "has shape"),
        (lambda p, s, t: {Variable("size", "m"): np.full(len(t), np.inf)}, "NaN is undefined"),
        (lambda p, s, t: {Variable("size", "m"): np.arange(len(t)) + len(t)}, "mixes samples"),
    ],
)
def test_merits_of_its_own_are_checked(merits, said):
    system = dataclasses.replace(host().simulator("duffing"), merits=merits)
    if not said:
        knows_its_merits(system)
        return
    with pytest.raises(ConformanceError, match=said):
        knows_its_merits(system)
