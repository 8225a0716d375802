"""How the command leaves: by an exit code and a sentence, never by a trace; and how fast."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service import cli
from service.commands.answering import Source
from tests.cli.conftest import Terminal

ROOT = Path(__file__).resolve().parents[2]
AT = ("--at", "2026-06-15T12:00:00Z")


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "service.cli", *map(str, words)]


def run(
    *words: str | Path, stdin: bytes = b"", **environ: str
) -> subprocess.CompletedProcess[bytes]:
    """What a real process does."""
    return subprocess.run(
        command(*words), cwd=ROOT, input=stdin, capture_output=True, env={**os.environ, **environ}
    )


def test_a_real_process_answers_and_exits(bundle: Path, token: str) -> None:
    ran = run("verify", "--bundle", bundle, *AT, "--json", token)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["verdict"] == "ACCEPT"


def test_what_is_piped_has_no_colours(bundle: Path, token: str) -> None:
    ran = run("verify", "--bundle", bundle, *AT, "-", stdin=token.encode())

    assert ran.returncode == 0
    assert ran.stdout.decode().startswith("✓ Valid  ACCEPT\n")
    assert b"\x1b" not in ran.stdout


def on_a_terminal(*words: str | Path, **environ: str) -> str:
    """What a process prints where it finds a terminal."""
    main, side = pty.openpty()
    with subprocess.Popen(
        command(*words), cwd=ROOT, stdout=side, stderr=side, stdin=side,
        env={**os.environ, "TERM": "xterm", **environ},
    ) as process:  # fmt: skip
        os.close(side)
        shown = b""
        while True:
            try:
                part = os.read(main, 65_536)
            except OSError:
                break
            if not part:
                break
            shown += part
        process.wait()
    os.close(main)
    return shown.decode()


def test_a_terminal_gets_colours_unless_they_are_not_wanted(bundle: Path, token: str) -> None:
    words = ("verify", "--bundle", bundle, *AT, token)

    assert "\x1b[32m" in on_a_terminal(*words, NO_COLOR="")
    assert "\x1b" not in on_a_terminal(*words, NO_COLOR="1")


def test_a_terminal_without_our_marks_shows_their_numbers(bundle: Path, token: str) -> None:
    ran = run("verify", "--bundle", bundle, *AT, token, PYTHONIOENCODING="latin-1")

    assert ran.returncode == 0
    assert ran.stdout.startswith(rb"\u2713 Valid  ACCEPT")


def test_a_reader_that_leaves_is_no_trouble(bundle: Path, token: str) -> None:
    words = command("verify", "--bundle", bundle, *AT, *[token] * 60)
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        error = process.stderr.read()

    assert (process.returncode, error) == (141, b"")


def test_ctrl_c_is_quiet(bundle: Path) -> None:
    words = command("verify", "--bundle", bundle, "--batch", "-")
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"text":"x"}\n')
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=20)

    assert (process.returncode, error.strip()) == (130, b"")


def test_a_fault_of_ours_is_no_answer_and_no_trace(
    verify: Terminal, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(source: Source) -> Any:
        raise ZeroDivisionError("/srv/secret")

    monkeypatch.setattr(Source, "open", broken)

    ran = verify(token)

    assert ran.exit_code == 3
    assert ran.stderr.startswith("proofmark: INTERNAL_ERROR: a fault of ours (ZeroDivisionError)")
    assert "secret" not in ran.output


def test_help_and_version_exit_with_0() -> None:
    for words in (["--help"], ["verify", "-h"], ["--version"], ["settings"]):
        assert CliRunner().invoke(cli.main, words).exit_code == 0


def test_an_unknown_command_exits_with_2() -> None:
    assert CliRunner().invoke(cli.main, ["vrify"]).exit_code == 2


def test_the_settings_are_those_of_the_documentation() -> None:
    from service.config import settings_table

    assert CliRunner().invoke(cli.main, ["settings"]).stdout == f"{settings_table()}\n"


def test_checking_a_token_needs_neither_web_nor_database_nor_pictures(
    bundle: Path, token: str
) -> None:
    absent = ["flask", "werkzeug", "jinja2", "gunicorn", "sqlalchemy", "sqlite3", "psycopg"]
    absent += ["alembic", "qrcode", "PIL", "zxingcpp", "pypdfium2", "service.web", "service.demo"]
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({absent}));"
        "from service.cli import main; main(sys.argv[1:])"
    )
    words = [sys.executable, "-c", script, "verify", "--bundle", str(bundle), *AT, token]

    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)

    assert (ran.returncode, ran.stderr) == (0, "")


def test_checking_a_token_takes_a_fraction_of_a_second(
    bundle: Path, token: str, record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    took = []
    for _ in range(3):
        start = time.perf_counter()
        assert run("verify", "--bundle", bundle, *AT, token).returncode == 0
        took.append(time.perf_counter() - start)
    record_property("one_token_s", round(min(took), 3))
    with capsys.disabled():
        sys.stdout.write(f" [one token: {min(took):.2f} s] ")

    # 0.4 s is the aim on a machine of its own; this one may be busy.
    assert min(took) < 1.6
