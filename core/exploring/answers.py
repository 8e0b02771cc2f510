"""Answer what the page asks: curves with their bands, simulations with their inner state."""

import math
import pickle
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..generation.process import Isolated, ProcessDiedError
from ..generation.simulate import simulate_safely
from ..inference import MeasuredLoop
from ..machine import one_thread
from ..registry.coercion import field_types
from ..registry.configuration import with_fields
from ..reporting.labels import plain_label
from ..response import Responder, Response
from ..systems.drive import Excitation
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .nearest import Nearest, nearest
from .state import State

if TYPE_CHECKING:
    import xarray as xr

SNAPSHOTS = 9  # instants at which the inner state is kept
LIMIT = 600.0  # s allowed for one simulation


@dataclass(frozen=True)
class Profile:
    """A variable of the inner state along the system, at some instants.

    Args:
        label: Its name and unit.
        x: Places, shape [x].
        x_label: Their name and unit.
        values: Values, shape [snapshot, x].
        times: The instants, shape [snapshot], in s.
    """

    label: str
    x: np.ndarray
    x_label: str
    values: np.ndarray
    times: np.ndarray


@dataclass(frozen=True)
class Simulated:
    """What the solver answered for one device.

    Args:
        response: Its response, of one system.
        parameters: Its parameters by name.
        profiles: Its inner state, if the system keeps one.
    """

    response: Response
    parameters: Mapping[str, float]
    profiles: Sequence[Profile] = field(default=())


class Answers:
    """Compute in the background: predictions in a thread, simulations in a process.

    A simulation that hangs or dies takes neither the page nor the predictions with it.

    Args:
        responder: What answers: a trained model, or the system itself.
        solver: The system that simulations ask; by default that of the responder.
    """

    def __init__(self, responder: Responder, solver: Simulator | None = None) -> None:
        self.responder, self.solver = responder, solver or responder.simulator
        self._quick = ThreadPoolExecutor(1, "predictions")
        self._slow = ThreadPoolExecutor(1, "simulations")
        self._fits = ThreadPoolExecutor(1, "fits")
        self._process = Isolated(pickle.dumps(_answer))

    def respond(self, state: State) -> "Future[Response]":
        """Return the responses of a state's devices, later."""
        columns = columns_of(state)
        if self.responder.surrogate is not None:
            return self._quick.submit(self._predict, columns, state)
        return self._slow.submit(self._ask, _respond, self.responder.simulator, state)

    def _predict(self, columns: Mapping[str, np.ndarray], state: State) -> Response:
        with one_thread():  # two devices are too few for several, which wait for each other
            return self.responder.respond(columns, state.drive.waveform())

    def simulate(self, state: State) -> "Future[list[Simulated]]":
        """Return what the solver answers for each of a state's devices, later."""
        return self._slow.submit(self._ask, _simulate, self.solver, state)

    def fit(self, loops: Sequence[MeasuredLoop]) -> "Future[Nearest]":
        """Return the device of the model that is nearest to measured loops, later."""
        return self._fits.submit(nearest, self.responder, loops)

    def close(self) -> None:
        """End the threads and the process."""
        self._process.close()
        for pool in (self._quick, self._slow, self._fits):
            pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, task: Any, simulator: Simulator, state: State) -> Any:
        import cloudpickle

        message = cloudpickle.dumps((task, simulator, columns_of(state), state.drive.waveform()))
        try:
            answer = self._process(message, LIMIT)
        except TimeoutError:
            raise DynsurError(f"the simulation took longer than {LIMIT:g} s.") from None
        except ProcessDiedError as error:
            raise DynsurError(f"the process that simulates {error}.") from None
        if isinstance(answer, DynsurError):
            raise answer
        return answer


def columns_of(state: State) -> dict[str, np.ndarray]:
    """Return the parameters of a state's devices as columns of shape [device]."""
    return {name: np.array([d[name] for d in state.devices]) for name in state.devices[0]}


def _answer(message: bytes) -> Any:
    """Run a task in the process that simulates; a mistake of the user is an answer."""
    task, simulator, columns, waveform = pickle.loads(message)
    try:
        return task(simulator, columns, waveform)
    except DynsurError as error:
        return error


def _respond(
    simulator: Simulator, columns: Mapping[str, np.ndarray], waveform: Excitation | None
) -> Response:
    from ..response import SimulatedResponder

    return SimulatedResponder(simulator.name, simulator).respond(columns, waveform)


def _simulate(
    simulator: Simulator, columns: Mapping[str, np.ndarray], waveform: Excitation | None
) -> list[Simulated]:
    changes: dict[str, Any] = {} if waveform is None else {"waveform": waveform}
    if "fields" in field_types(simulator):
        changes["fields"] = SNAPSHOTS
    simulator = with_fields(simulator, changes)
    count = len(next(iter(columns.values())))
    devices = [{name: float(c[i]) for name, c in columns.items()} for i in range(count)]
    return [simulated(simulator, device) for device in devices]


def simulated(simulator: Simulator, device: Mapping[str, float]) -> Simulated:
    """Simulate one device, with its inner state if the simulator keeps it."""
    data = simulate_safely(simulator, device)
    failed = data["status"].item() != Status.OK
    response = Response(
        time=data["time"].values[None],
        inputs={v.name: data[v.name].values[None] for v in simulator.inputs},
        outputs={v.name: data[v.name].values[None] for v in simulator.outputs},
        reasons=[str(data["reason"].item()) if failed else ""],
        unfamiliar=[""],
    )
    return Simulated(response, device, () if failed else profiles(data))


def profiles(data: "xr.Dataset") -> tuple[Profile, ...]:
    """Return the variables of a simulation that are recorded over snapshots and places."""
    found = []
    for name, values in data.data_vars.items():
        if values.dims != ("snapshot", "x"):
            continue
        times = data["snapshot_time"].values if "snapshot_time" in data else np.array([])
        count = values.shape[0]
        found.append(
            Profile(
                label=plain_label(values, str(name)),
                x=np.asarray(data["x"].values, float),
                x_label=plain_label(data["x"], "x"),
                values=np.asarray(values.values, float),
                times=times if times.size == count else np.full(count, math.nan),
            )
        )
    return tuple(found)
