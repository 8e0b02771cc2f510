"""The `dynsur` program."""

import gc
import os
import shlex
import sys
from importlib import metadata
from typing import Annotated, Any

import typer
from dynsur.core import DynsurError
from dynsur.core.registry import host

from .command import CONFIG, Command
from .console import write_plainly_where_needed
from .design import design
from .evaluate import evaluate
from .explore import explore
from .export import export, export_model
from .export_circuit import export_circuit
from .fit import fit
from .generate import generate
from .import_recordings import import_recordings
from .info import info
from .merge import merge
from .merit import merit
from .new_plugin import new_plugin
from .plugins import app as plugins
from .predict import predict
from .publish import publish
from .report import report
from .reproduce import reproduce
from .run import run
from .sensitivity import sensitivity
from .show import show
from .simulate import simulate
from .train import train
from .verify import verify

INTERRUPTED = 130
# Importing makes objects that stay: collecting among them takes a fifth of a short command.
OBJECTS_BETWEEN_COLLECTIONS = 20_000
RESUMABLE = ("run", "reproduce", "generate", "train", "verify", "fit")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dynsur {metadata.version('dynsur')}")
        raise typer.Exit


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")
    ] = False,
) -> None:
    """Simulate nonlinear dynamical systems and train fast surrogates of them.

    `dynsur run reram` simulates, trains and evaluates; `dynsur plugins` lists all systems.
    """


for command in (
    run,
    reproduce,
    simulate,
    generate,
    train,
    evaluate,
    predict,
    explore,
    sensitivity,
    design,
    fit,
    report,
    info,
    verify,
    merge,
    merit,
    export,
    export_model,
    export_circuit,
    publish,
    show,
    new_plugin,
):
    app.command(cls=Command)(command)
app.command("import", cls=Command)(import_recordings)
app.add_typer(plugins, name="plugins")


NO_MEMORY = "can't allocate memory"  # what torch calls it
TOO_LARGE = (
    "there is not enough memory for what was asked; lower the numbers of points, samples or the "
    "sizes of the model, or use fewer workers; --dry-run estimates what a run takes."
)


def main() -> None:
    """Run the program; a mistake of the user gives one line on stderr and exit code 2."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    write_plainly_where_needed()
    try:
        host().add_commands(app)
        # typer's own handling would print several lines, and nothing useful on Ctrl-C.
        code = app(prog_name="dynsur", standalone_mode=False)
    except DynsurError as error:
        print(f"dynsur: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:  # of the machine: a name too long, a disk full, a server gone
        print(f"dynsur: {' '.join(str(error).split())}.", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        if isinstance(error, MemoryError) or NO_MEMORY in str(error):
            print(f"dynsur: {TOO_LARGE}", file=sys.stderr)
            sys.exit(2)
        if not hasattr(error, "format_message"):
            raise
        code = _usage(error)
    if code == INTERRUPTED:
        print(f"dynsur: stopped; {_what_now()}", file=sys.stderr, flush=True)
        # Everything is closed by now; a normal exit would print what zarr's and dask's event
        # loops were doing.
        os._exit(INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: Exception) -> int:
    """Report a mistake on the command line in one line; without arguments show the help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()  # type: ignore[attr-defined]
    else:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "dynsur"
        text = _mistake(error)
        stop = "" if text.endswith("?") else ";"
        print(f"dynsur: {text}{stop} `{command} --help` shows what there is.", file=sys.stderr)
    return 2


def _mistake(error: Any) -> str:
    """Return the message for a mistake, with what was given and one suggestion."""
    if hasattr(error, "possibilities"):
        hint = f"; did you mean '{error.possibilities[0]}'?" if error.possibilities else ""
        return f"unknown option '{error.option_name}'{hint}"
    text = " ".join(error.format_message().split()).rstrip(".") + _of_file(error)
    found = getattr(error.__cause__, "errors", list)()  # pydantic's, where typer converts by it
    return f"{text}; got '{found[0]['input']}'" if found else text


def _of_file(error: Any) -> str:
    """Name the configuration file, where it gave the option that is refused."""
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    file = context.meta.get(CONFIG) if context is not None else None
    if context is None or file is None or parameter is None:
        return ""
    from_file = context.get_parameter_source(parameter.name).name == "DEFAULT_MAP"
    return f" (in '{file.path}')" if from_file else ""


def _what_now() -> str:
    if sys.argv[1:2] and (sys.argv[1] in RESUMABLE or "--refine" in sys.argv):
        again = shlex.join(["dynsur", *sys.argv[1:]])
        return f"what is finished is kept; continue with: {again}"
    return "nothing was written."


if __name__ == "__main__":
    main()
