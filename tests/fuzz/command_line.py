"""Run commands in this process as the program does, and judge what they answer."""

import contextlib
import io
import re
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import dynsur.core
from dynsur.cli.main import main
from hypothesis import HealthCheck, Phase, given, settings

HANG = 120  # s
ACCEPTED = {0: "accepted", 1: "found faults", 2: "refused"}


def repeated(count, *strategies):
    """Return a decorator that calls a function with `count` draws, always the same ones."""

    def decorate(function):
        run = given(*strategies)(function)
        return settings(
            max_examples=count,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(run)

    return decorate


@dataclass
class Answer:
    """What a command has answered."""

    code: int
    out: str
    error: str
    trace: str = ""


@dataclass
class Tally:
    """Counts answers and collects those that must not be."""

    counts: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)
    refusals: list = field(default_factory=list)
    seconds: Counter = field(default_factory=Counter)

    def told(self):
        """Return one of each kind of what is wrong, with the number of its kind."""
        kinds = {}
        for fault in self.wrong:
            kinds.setdefault(
                re.sub(r"[0-9a-f]{6,}|[\d.]+", "N", fault.splitlines()[-1])[:60], []
            ).append(fault)
        return "\n".join(f"{len(faults)} times: {faults[0]}" for faults in kinds.values())

    def text(self):
        lines = [f"{kind} {name}: {n}" for (name, kind), n in sorted(self.counts.items())]
        return f"{sum(self.counts.values())} inputs\n" + "\n".join(lines)


def invoke(arguments):
    """Run a command on a console of ASCII; no exit is a traceback, what takes too long a hang."""
    out, error = (io.TextIOWrapper(io.BytesIO(), "ascii", write_through=True) for _ in range(2))
    before, sys.argv = sys.argv, ["dynsur", *map(str, arguments)]
    previous = signal.signal(signal.SIGALRM, _hangs)
    signal.alarm(HANG)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            main()
        code, trace = 0, ""
    except SystemExit as stopped:
        code, trace = stopped.code or 0, ""
    except BaseException:
        code, trace = -1, traceback.format_exc()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
        sys.argv = before
    told = (stream.buffer.getvalue().decode("ascii") for stream in (out, error))
    return Answer(code, *told, trace)


def judge(tally, arguments, folder, what="", ignored=()):
    """Run a command, count its answer and note what is wrong with it."""
    before, began = content(folder, ignored), time.perf_counter()
    answer = invoke(arguments)
    name = str(arguments[0])
    tally.seconds[name] += time.perf_counter() - began
    tally.counts[name, ACCEPTED.get(answer.code, "failed")] += 1
    faults = []
    if answer.trace:
        faults.append(answer.trace)
    elif answer.code not in ACCEPTED:
        faults.append(f"exit code {answer.code}")
    if answer.code == 2:
        tally.refusals.append(answer.error.strip().splitlines()[-1:])
        lines = [line for line in answer.error.splitlines() if line.startswith("dynsur: ")]
        if len(lines) != 1 or "Traceback" in answer.error:
            faults.append(f"not one line: {answer.error!r}")
        after = content(folder, ignored)
        if after != before:
            changed = {p for p in {*before, *after} if before.get(p) != after.get(p)}
            faults.append(f"refused, yet changed {sorted(map(str, changed))[:5]}: {answer.error!r}")
    for fault in faults:
        tally.wrong.append(f"{what}\ndynsur {' '.join(map(str, arguments))}\n{fault}")
        print(tally.wrong[-1], flush=True)  # with `-s`, also if the long form is stopped
    if tally.counts.total() % 100 == 0:
        print(f"{tally.counts.total()} inputs so far, {len(tally.wrong)} wrong", flush=True)
    return answer


def content(folder, ignored=()):
    """Return every file in a folder with its bytes."""
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() else None
        for path in Path(folder).rglob("*")
        if path.name not in ignored
    }


class Hang(BaseException):
    """No answer in time: unlike TimeoutError, no error of the machine, which commands refuse by."""


def _hangs(*_):
    raise Hang(f"no answer within {HANG} s")


@contextlib.contextmanager
def one_client(monkeypatch):
    """Let every command simulate in this process, by one dask client."""
    from distributed import Client

    with Client(
        processes=False,
        n_workers=1,
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",
        set_as_default=False,
    ) as it:

        @contextlib.contextmanager
        def connect(*_, **__):
            with it.as_current():
                yield it

        monkeypatch.setattr(dynsur.core, "connect", connect)
        yield it
