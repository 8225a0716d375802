"""The door of the command line: whatever goes wrong leaves as one plain sentence, never a trace.

Exit codes beside those of `verify`: 2 for what was asked wrongly, 3 where a fault of ours means
that nothing could be confirmed, 130 after Ctrl-C, 141 where nobody reads on; both of these quietly.
"""

import os
import sys
from typing import Any, NoReturn

import click

from service.domain.text import clean

# Exit codes (design.md 9.1).
ACCEPTED, REFUSED, USAGE, UNKNOWN = 0, 1, 2, 3
INTERRUPTED = 130
NO_READER = 141


class Refusal(click.ClickException):
    """A request that cannot be served, with its code."""

    def __init__(self, code: str, why: str, *, exit_code: int = USAGE) -> None:
        super().__init__(f"{code}: {why}")
        self.code = exit_code

    def show(self, file: Any = None) -> None:
        """Say so on standard error."""
        note(self.message)


def note(text: str) -> None:
    """A line on standard error; foreign characters that hide or turn text are made visible."""
    click.echo(f"proofmark: {clean(text)}", err=True)


class Door(click.Group):
    """A group of commands that ends every run by an exit code of ours."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run a command and exit."""
        for stream in (sys.stdout, sys.stderr):
            # A terminal without our marks shows their numbers: no crash, and no other mark.
            if reconfigure := getattr(stream, "reconfigure", None):
                reconfigure(errors="backslashreplace")
        kwargs["standalone_mode"] = False
        sys.exit(_run(super().main, *args, **kwargs))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named; Click itself would take a reader's leaving for a 1."""
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # What is still to be flushed at exit must have somewhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return NO_READER
        return result


def _run(run: Any, *args: Any, **kwargs: Any) -> int:
    try:
        code = run(*args, **kwargs)
    except Refusal as refused:
        refused.show()
        return refused.code
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as fault:  # the last door: a user never meets a trace
        if os.environ.get("PROOFMARK_DEBUG") == "true":
            raise
        note(f"INTERNAL_ERROR: a fault of ours ({type(fault).__name__}); nothing was confirmed")
        return UNKNOWN
    return code if isinstance(code, int) else 0
