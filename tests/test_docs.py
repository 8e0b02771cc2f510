"""The docs name every hook and every command option."""

from pathlib import Path

from dynsur.core import hookspecs

DOCS = Path(__file__).parent.parent / "docs"


def test_every_hook_has_its_heading():
    headings = [
        line.removeprefix("## ")
        for line in (DOCS / "hooks.md").read_text().splitlines()
        if line.startswith("## ")
    ]
    assert sorted(headings) == sorted(n for n in vars(hookspecs) if n.startswith("dynsur_"))


def test_every_option_of_simulate_is_documented():
    from dynsur.cli.main import app
    from typer.main import get_command

    text = (DOCS / "cli.md").read_text()
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        assert f"## dynsur {name}" in text
        for parameter in command.params:
            for option in parameter.opts:
                assert option.startswith("--") is False or f"`{option}" in text, option
