"""The `dynsur` program."""

import os
import shlex
import sys

import typer
from dynsur.core import DynsurError
from dynsur.core.host import host

from .export import export
from .info import info
from .learn import evaluate, report, train
from .plugins import plugins
from .predict import predict
from .run import generate, run
from .simulate import simulate
from .verify import verify

INTERRUPTED = 130
RESUMABLE = ("run", "generate", "train", "verify")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    help="Simulate nonlinear dynamical systems and train fast surrogates of them.",
)
for command in (
    run,
    simulate,
    generate,
    train,
    evaluate,
    predict,
    report,
    info,
    verify,
    export,
    plugins,
):
    app.command()(command)


def main() -> None:
    """Run the program; what a user did wrong is one line on stderr and exit code 2."""
    try:
        host().manager.hook.dynsur_commands(app=app)
        # typer's own handling would print several lines, and nothing useful on Ctrl-C.
        code = app(standalone_mode=False)
    except DynsurError as error:
        print(f"dynsur: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
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
    """Tell a mistake on the command line in one line; without any argument show the help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()  # type: ignore[attr-defined]
    else:
        text = " ".join(error.format_message().split())  # type: ignore[attr-defined]
        print(f"dynsur: {text} `dynsur --help` shows what there is.", file=sys.stderr)
    return 2


def _what_now() -> str:
    if len(sys.argv) > 1 and sys.argv[1] in RESUMABLE:
        again = shlex.join(["dynsur", *sys.argv[1:]])
        return f"what is finished is kept; continue with: {again}"
    return "nothing was written."
