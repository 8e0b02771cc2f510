"""docs/memristors.md lists every parameter with its default, range and unit, and every picture."""

from pathlib import Path

import pytest
from dynsur.plugins.memristors import LINEAR_ION_DRIFT, SIMMONS, TEAM, VTEAM, YAKOPCIC

PAGE = Path(__file__).parents[3] / "docs" / "memristors.md"


@pytest.mark.parametrize(
    "system", [LINEAR_ION_DRIFT, SIMMONS, TEAM, VTEAM, YAKOPCIC], ids=lambda system: system.name
)
def test_the_page_shows_what_the_system_has(system):
    text = PAGE.read_text()
    assert f"pictures/memristor-{system.name}.png" in text
    for p in system.space:
        span = "fixed" if p.is_fixed else f"{p.low:g} … {p.high:g}"
        scale = ", log" if p.scale == "log" else ""
        row = f"| `{p.name}` | {p.long_name} | {p.value:g} | {span}{scale} | {p.units} |"
        assert row in text, row
