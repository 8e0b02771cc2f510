"""What all commands share: options from a configuration file, and the completion of names."""

import re
from pathlib import Path
from typing import Any

import typer
from dynsur.core import DynsurError
from typer.core import TyperCommand

SNAPSHOTS = 9  # times at which `--fields` without a number keeps the inner state: a legend's worth
CONFIG = "dynsur.config"  # key of a context's note: the configuration file that was read
NAMES = ("system", "experiment")  # of the argument that a file's `system` fills


class Command(TyperCommand):
    """A command whose errors name the configuration file, and whose `--fields` may be bare."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give an option `--fields` without a value its default."""
        for i in [i for i, text in enumerate(args) if text == "--fields"]:
            if not args[i + 1 : i + 2] or args[i + 1].startswith("--"):
                args = [*args[:i], f"--fields={SNAPSHOTS}", *args[i + 1 :]]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error about a setting of a configuration file names the file."""
        _refuse_another_system(ctx)
        try:
            return super().invoke(ctx)
        except DynsurError as error:
            if ctx.meta.get(CONFIG) is None or not _is_about(error, ctx):
                raise
            raise DynsurError(f"in '{ctx.meta[CONFIG].path}': {error}") from None


def _refuse_another_system(ctx: Any) -> None:
    file = ctx.meta.get(CONFIG)
    if file is None:
        return
    wanted = file.options.get("system")
    given = next((ctx.params[name] for name in NAMES if name in ctx.params), wanted)
    if wanted not in (None, given):
        raise DynsurError(
            f"'{file.path}' is for '{wanted}', but the command line says '{given}'; leave one of "
            "them out."
        )


def take_options(ctx: typer.Context, path: Path | None) -> Path | None:
    """Take the options of a configuration file as defaults of the command line.

    Raises:
        DynsurError: The file cannot be read, or is for another system than the one given.
    """
    if path is None or ctx.resilient_parsing:
        return path
    from dynsur.core.registry import read_config

    file = read_config(path)
    ctx.meta[CONFIG] = file
    system = file.options.get("system")
    ctx.default_map = {**file.options, **{name: system for name in NAMES if system is not None}}
    return path


def _is_about(error: DynsurError, ctx: Any) -> bool:
    """Whether an error is about a setting that only the file has given."""
    given = {text.partition("=")[0].strip() for text in ctx.params.get("settings") or ()}
    names = set(ctx.meta[CONFIG].settings) - given
    leaves = {part for name in names for part in (name, *name.split(".")) if part != "name"}
    return any(re.search(rf"(?<!\w){re.escape(leaf)}(?!\w)", str(error)) for leaf in leaves)


def complete_system(incomplete: str) -> list[str]:
    """Return the systems and experiments whose names begin as given."""
    return _names(incomplete, ("system", "experiment"))


def complete_part(incomplete: str) -> list[str]:
    """Return the names of all parts that begin as given."""
    from dynsur.core.registry import KINDS

    return _names(incomplete, tuple(KINDS))


def _names(incomplete: str, kinds: tuple[str, ...]) -> list[str]:
    from dynsur.core.registry import host, parts

    names = dict.fromkeys(part.name for part in parts(host()) if part.kind in kinds)
    return [name for name in names if name.startswith(incomplete)]
