"""Write docs/cli.md from the program itself, as `make docs` does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dynsur.cli.main import app
from typer.main import get_command

INTRODUCTION = """# The command line

Written by `make docs` from the program. `python -m dynsur` is the same program as `dynsur`, `-h` is
short for `--help`, and options have the same names everywhere. Results go to standard output,
progress and mistakes to standard error. `--quiet` shows no progress, and `--json` prints results
for programs. `dynsur --install-completion` lets your shell complete commands, options and names.

| exit code | meaning |
|---|---|
| 0 | The command did what it was asked. |
| 1 | `dynsur verify` has found faults; else the program has failed: please report the traceback. |
| 2 | Something given is wrong or missing; one line says what to do, and nothing is lost. |
| 130 | Ctrl-C. What is finished is kept; the last line is the command that continues. |

`--set NAME=VALUE` and the TOML file of `--config` take the same names:

| name | meaning |
|---|---|
| `E_g=1.3` | fix a parameter |
| `E_g=1:2` | narrow the range it is sampled from |
| `model.width=64` | a field of `simulator`, `dataset`, `model`, `loss` or `training` |
| `dataset=paper` | choose another dataset, model or loss |

In TOML, `[model]` is a table with the key `width`, and another part is chosen by the key `name` of
its table. Parameters stand in `[parameters]`, where a range is `E_g = [1, 2]` or `"1:2"`. Options
of the command line, such as the system, `samples`, `seed`, `workers` and `out`, stand in `[run]`.
Both may also stand above all tables. What the command line gives has precedence. `dynsur show
SYSTEM` prints such a file with every setting, its default and its meaning:

```toml
[run]
system = "vteam"
samples = 200
workers = 2

[parameters]
R_off = [500.0, 2000.0]  # sampled
window = 1.0             # fixed

[model]
width = 64
```

`dynsur run --config my.toml` runs it. `--config runs/vteam` takes the settings of that run.
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
