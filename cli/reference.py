"""Write docs/cli.md from the program itself, as `make docs` does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dynsur.cli.main import app
from typer.main import get_command

INTRODUCTION = """# The command line

Written by `make docs` from the program. A mistake ends with one line on stderr and exit code 2;
Ctrl-C ends with 130 and the command that continues. Options have the same names everywhere.

`--set NAME=VALUE` and the TOML file of `--config` take the same names:

| name | meaning |
|---|---|
| `E_g=1.3` | fix a parameter |
| `E_g=1:2` | narrow the range it is sampled from |
| `model.width=64` | a field of `simulator`, `dataset`, `model`, `loss` or `training` |
| `dataset=paper` | choose another dataset, model or loss |

In TOML, `[model]` is a table with the key `width`; parameters stand at the top level; a range is
`E_g = [1, 2]` or `"1:2"`; another part is chosen by the key `name` of its table.
"""


def reference() -> str:
    """Return the page, which lists each command with its help, arguments and options."""
    return "\n".join([INTRODUCTION, *_sections("", get_command(app))])


def _sections(name: str, group: Any) -> Iterator[str]:
    for inner, command in group.commands.items():
        yield _section(f"{name}{inner}", command)
        if hasattr(command, "commands"):
            yield from _sections(f"{inner} ", command)


def _section(name: str, command: Any) -> str:
    paragraphs = (command.help or "").replace("Example: ", "Example: `").split("\n\n")
    text = "\n\n".join(p + "`" if p.startswith("Example: `") else p for p in paragraphs)
    rows = [_row(p) for p in command.params if p.name != "help"]
    table = ["| argument or option | meaning |", "|---|---|", *rows]
    shown = ["", *table] if rows else []
    return "\n".join([f"## dynsur {name}", text.strip(), *shown, ""])


def _row(parameter: Any) -> str:
    option = parameter.opts[0].startswith("--")
    name = parameter.opts[0] if option else (parameter.name or "").upper()
    default = parameter.default
    told = isinstance(default, int | str | Path) and default is not False
    shown = f" (default {default})" if told else ""
    return f"| `{name}` | {parameter.help}{shown} |"


if __name__ == "__main__":
    print(reference(), end="")
