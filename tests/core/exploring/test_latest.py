"""Of the requests that wait only the newest is computed; the last one always is."""

from concurrent.futures import Future

from dynsur.core import DynsurError
from dynsur.core.exploring.latest import Latest


class Bench:
    """Computations that end when the test says so."""

    def __init__(self):
        self.open, self.shown, self.soon = [], [], []
        self.latest = Latest(self.compute, lambda what, x: self.shown.append((what, x)), self.later)

    def compute(self, what):
        self.open.append((what, Future()))
        return self.open[-1][1]

    def later(self, call):
        self.soon.append(call)

    def end(self, result):
        what, future = self.open.pop(0)
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)
        while self.soon:
            self.soon.pop(0)()
        return what


def test_what_waits_is_replaced_and_the_last_request_is_answered():
    bench = Bench()
    for what in range(5):
        bench.latest.request(what)
    assert [what for what, _ in bench.open] == [0]
    assert bench.latest.busy
    bench.end("first")
    assert [what for what, _ in bench.open] == [4]
    bench.end("last")
    assert bench.shown == [(0, "first"), (4, "last")]
    assert not bench.latest.busy
    assert bench.open == []


def test_an_error_is_shown_in_one_line_and_the_next_request_is_computed():
    bench = Bench()
    bench.latest.request("a")
    bench.latest.request("b")
    bench.end(ValueError("two\nlines"))
    bench.end("fine")
    [(_, error), (_, fine)] = bench.shown
    assert isinstance(error, DynsurError)
    assert str(error) == "ValueError: two lines"
    assert fine == "fine"
