"""Call functions in a separate process, so that a call that hangs or dies affects nothing else.

The process is kept between calls, so that code is compiled only once. It is killed when a call
takes too long, and it ends with the process that started it.
"""

import contextlib
import ctypes
import os
import pickle
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from ..errors import DynsurError
from ..machine import KILL
from .watchdog import Watchdog

START_LIMIT = 300.0  # s to import the function
STARTS = 5  # attempts to start a process
FIRST_CALL = 30.0  # s more for the first call of a process, which may compile or load what was
PIPE = 2**20  # bytes; results of a whole chunk pass in larger pieces
ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR")
}
_COMMAND = f"import sys; sys.path[:] = {{path!r}}; from {__name__} import serve; serve({{pid}})"


class ProcessDiedError(Exception):
    """The process ended during a call; the message says how it ended."""


class Isolated:
    """A function in a separate process, which is started at the first call.

    Args:
        function: The pickled function of one argument. Argument and result are pickled as well.
    """

    def __init__(self, function: bytes) -> None:
        self.function = function
        self._process: subprocess.Popen[bytes] | None = None
        self._first = 0.0

    def __call__(self, argument: Any, limit: float) -> Any:
        """Call the function once; see `each`."""
        [result] = self.each([argument], limit)
        return result

    def each(self, arguments: Sequence[Any], limit: float) -> Iterator[Any]:
        """Call the function with one argument after another, without waiting for the caller.

        Args:
            arguments: The argument of each call.
            limit: Wall-clock time allowed for each call, in s; `math.inf` for no limit.

        Yields:
            The result of each call. Results before an exception are yielded.

        Raises:
            TimeoutError: There was no result in time.
            ProcessDiedError: The process died.
            DynsurError: The function cannot be imported.
        """
        if self._process is None or self._process.poll() is not None:
            self._start()
        first, self._first = self._first, 0.0
        yield from self._exchange(arguments, [limit + first, *[limit] * (len(arguments) - 1)])

    def close(self) -> int | None:
        """End the process and return its exit code, or None if there was no process."""
        process, self._process = self._process, None
        if process is None:
            return None
        self._finalizer()
        return process.returncode

    def _start(self) -> None:
        error = ""
        for _ in range(STARTS):
            self.close()
            self._process = _spawn()
            self._finalizer = weakref.finalize(self, _end, self._process)
            try:
                [problem] = self._exchange(self.function, [START_LIMIT])
            except (TimeoutError, ProcessDiedError) as ended:
                error = str(ended) or f"no answer within {START_LIMIT:g} s"
                continue
            if problem:
                self.close()
                raise DynsurError(
                    f"a process that simulates cannot load the system: {problem}; install the "
                    "same plugins wherever workers run."
                )
            self._first = FIRST_CALL
            return
        raise DynsurError(f"a process that simulates cannot be started: {error}.")

    def _exchange(self, message: Any, limits: Sequence[float]) -> Iterator[Any]:
        """Send a message and yield its answers, each of which has its own time limit."""
        process = self._process
        assert process is not None
        try:
            _WATCHDOG.set(process, limits[0])
            _send(process.stdin, message)
            for limit in limits:
                _WATCHDOG.set(process, limit)
                answer = pickle.load(process.stdout)  # type: ignore[arg-type]
                _WATCHDOG.call_off(process)
                yield answer
        except (EOFError, OSError, pickle.UnpicklingError):
            code = self.close()
            if _WATCHDOG.call_off(process):
                raise TimeoutError from None
            raise ProcessDiedError(_how(code)) from None
        except BaseException:
            self.close()
            raise
        finally:
            _WATCHDOG.call_off(process)


def isolated(function: bytes) -> Isolated:
    """Return this thread's process for a function; its process for another function is ended."""
    thread = threading.get_ident()
    held = _HELD.get(thread)
    if held is None or held.function != function:
        if held is not None:
            held.close()
        held = _HELD[thread] = Isolated(function)
    return held


def release() -> None:
    """End the processes that `isolated` keeps for the threads of this process."""
    while _HELD:
        _HELD.popitem()[1].close()


_HELD: dict[int, Isolated] = {}


def serve(parent: int) -> None:
    """Load the function and answer calls until the pipe is closed; the process runs only this."""
    _die_with(parent)
    source = sys.stdin.buffer
    # What a simulation prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(EOFError, BrokenPipeError):
        try:
            function = pickle.loads(pickle.load(source))
        except Exception as error:  # a plugin may fail to import in any way
            _send(answers, f"{type(error).__name__}: {' '.join(str(error).split())}")
            return
        _send(answers, "")
        while True:
            for argument in pickle.load(source):
                _send(answers, function(argument))


def _spawn() -> subprocess.Popen[bytes]:
    command = _COMMAND.format(path=sys.path, pid=os.getpid())
    process = subprocess.Popen(
        [sys.executable, "-c", command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **ONE_THREAD},
        start_new_session=True,  # Ctrl-C is for the driver; what it starts is killed with it
    )
    for stream in (process.stdin, process.stdout):
        _widen(stream)
    return process


def _widen(pipe: "BinaryIO | Any") -> None:
    """Enlarge the buffer of a pipe to hold the results of a chunk, if the system allows it."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def _send(stream: "BinaryIO | Any", message: Any) -> None:
    pickle.dump(message, stream, protocol=pickle.HIGHEST_PROTOCOL)
    stream.flush()


def _die_with(parent: int) -> None:
    """Ask Linux to kill this process with its parent, and first of all if memory runs out."""
    if sys.platform != "linux":
        return  # elsewhere it ends when it next reads
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, KILL) if hasattr(os, "killpg") else process.kill()


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    process.wait()
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            stream.close()  # type: ignore[union-attr]


_WATCHDOG = Watchdog(_kill)


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
