"""The progress fits into 80 columns, and says nothing when it is asked to be quiet."""

import io
from collections import Counter
from types import SimpleNamespace

import pytest
from dynsur.cli.display import RichDisplay
from dynsur.core.workflow import rich_display
from rich.console import Console


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of 80 columns; what it shows is in its file."""
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr("rich.console.Console", lambda **options: console)
    return console


def progress(**changes):
    usual = {"done": 300, "total": 1000, "workers": 1, "failed": 2, "rate": 12.3, "remaining": 57.0}
    reasons = Counter({"the step fell below the smallest one that was allowed": 2})
    return SimpleNamespace(**{**usual, **changes}, dashboard="", reasons=reasons)


def test_the_bar_keeps_its_length_at_80_columns(terminal):
    with RichDisplay() as display:
        display.simulated(progress())
        lines = terminal.file.getvalue()
        display._bars.refresh()
        shown = display._bars.get_renderable()
        text = Console(file=io.StringIO(), width=80, color_system=None)
        text.print(shown)
        bar, note = [line for line in text.file.getvalue().splitlines() if line.strip()]
    assert bar.count("━") == 9  # three tenths of 30
    assert bar.index("300/1000") - len("simulations ") == 31
    assert note.startswith("12.3/s, 57 s left, 1 worker, 2 failed so far")
    assert len(note) <= 80
    assert "Traceback" not in lines


def test_a_notebook_is_redrawn_as_a_terminal_is():
    kinds = ((True, False, True), (False, True, True), (False, False, False))
    for terminal, notebook, live in kinds:
        console = SimpleNamespace(is_terminal=terminal, is_jupyter=notebook)
        assert rich_display._is_live(console) is live


def test_quiet_is_quiet(capsys):
    with RichDisplay(quiet=True) as display:
        display.stage("simulating")
        display.simulated(progress())
        display.trained({"epoch": 1, "train": 1.0, "validation": 2.0}, 3)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")
