"""`proofmark demo` and `proofmark serve`: built, served, stopped; and what is refused first."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from service import cli
from service.commands.world import MARKER, qr_lines
from service.credential.packing import pack
from service.credential.picture import read_codes
from service.credential.qr import symbol
from tests.cli.conftest import Terminal
from tests.credential.pictures import SYSTEM, saved

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """An example world, and what was printed while it was built."""
    folder = tmp_path_factory.mktemp("demo") / "world"
    words = ["demo", "--dir", str(folder), "--no-serve", "--port", "8123"]
    return folder, CliRunner().invoke(cli.main, words)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_it_prints_links_to_try_by_verdict(built: tuple[Path, Result]) -> None:
    _, ran = built

    words = ("Valid", "Valid, with a warning", "Not for this", "Cannot confirm", "Rejected")
    places = [ran.stdout.index(f" {word}\n") for word in words]

    assert (ran.exit_code, ran.stderr) == (0, "")
    assert places == sorted(places)
    assert ran.stdout.count(".png") >= len(words)


def test_what_it_prints_to_try_offline_works(built: tuple[Path, Result]) -> None:
    folder, _ = built
    cases = json.loads((folder / "demo.json").read_text("utf-8"))["certificates"]
    case = next(case for case in cases if case["verdict"] == "ACCEPT" and not case["question"])

    for kind in ("png", "token"):
        words = ["verify", "--bundle", str(folder / "bundle"), str(folder / case[kind]), "--json"]
        ran = CliRunner().invoke(cli.main, words)

        assert json.loads(ran.stdout)["verdict"] == "ACCEPT"


def test_it_is_built_anew_in_its_own_folder(
    built: tuple[Path, Result], proofmark: Terminal
) -> None:
    folder, _ = built

    assert proofmark("demo", "--dir", folder, "--no-serve").exit_code == 0
    assert not (folder / MARKER).exists()


def test_what_was_broken_off_is_built_anew(proofmark: Terminal, tmp_path: Path) -> None:
    (tmp_path / MARKER).touch()
    (tmp_path / "bundle").mkdir()

    assert proofmark("demo", "--dir", tmp_path, "--no-serve").exit_code == 0


@pytest.mark.parametrize("name", ["thesis.txt", "demo.json"])
def test_a_folder_of_somebody_else_is_left_alone(
    proofmark: Terminal, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("{}")

    ran = proofmark("demo", "--dir", tmp_path, "--no-serve")

    assert ran.exit_code == 2
    assert ran.stderr.startswith("proofmark: FOLDER_NOT_OURS: ")
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_folder_that_cannot_be_written_is_named(proofmark: Terminal) -> None:
    ran = proofmark("demo", "--dir", "/proc/nowhere", "--no-serve")

    assert ran.exit_code == 2
    assert ran.stderr.startswith("proofmark: FOLDER_UNWRITABLE: /proc/nowhere: ")


def test_a_port_that_is_taken_is_said_before_anything_is_built(
    proofmark: Terminal, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ran = proofmark("demo", "--dir", tmp_path / "world", "--port", str(port))

    assert ran.exit_code == 2
    assert ran.stderr == (
        f"proofmark: CANNOT_LISTEN: 127.0.0.1:{port} is taken by another program; "
        "choose another port\n"
    )
    assert not (tmp_path / "world").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--host", "0.0.0.0"), "--public-url"),  # noqa: S104  # what is refused
        (("--public-url", "phone"), "BAD_SETTING: base_url: is http(s)://host"),
        (("--port", "0"), "--port"),
    ],
)
def test_an_address_for_codes_that_is_none_is_refused(
    proofmark: Terminal, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    ran = proofmark("demo", "--dir", tmp_path / "world", "--no-serve", *words)

    assert (ran.exit_code, sentence in ran.stderr) == (2, True)


def test_codes_lead_to_the_public_address(proofmark: Terminal, tmp_path: Path) -> None:
    ran = proofmark("demo", "--dir", tmp_path, "--no-serve", "--public-url", "http://10.0.0.7:80")

    (code,) = read_codes((tmp_path / "qr" / "harrow-product.png").read_bytes())
    assert code.startswith("http://10.0.0.7:80/q/")
    assert "/demo" not in ran.stdout  # it is not served


def test_the_code_in_the_terminal_can_be_scanned() -> None:
    drawn = symbol("https://verify.proofmark.example/q/", SYSTEM.rpartition("/")[2])
    upper, lower = frozenset("█▀"), frozenset("█▄")
    rows: list[bytes] = []
    for line in map(click.unstyle, qr_lines(drawn.modules)):
        for dark in (upper, lower):
            rows.append(bytes(0 if block in dark else 255 for block in line))

    side = drawn.side
    image = Image.frombytes("L", (side, len(rows)), b"".join(rows)).resize(
        (side * 4, len(rows) * 4)
    )

    assert read_codes(saved(image)) == (SYSTEM,)


@contextmanager
def served(*words: str, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """A service of its own, in a group of processes like that of a terminal."""
    with subprocess.Popen(
        [sys.executable, "-m", "service.cli", *words], cwd=ROOT, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **environ},
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            printed = iter(process.stdout.readline, b"")
            assert any(line.startswith(b"proofmark: serving ") for line in printed)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)


def test_it_is_served_answers_and_stops_quietly(proofmark: Terminal, tmp_path: Path) -> None:
    port = free_port()
    folder = tmp_path / "world"
    with served("demo", "--dir", str(folder), "--port", str(port)) as process:
        token = (folder / "tokens" / "harrow-product.jwt").read_text().strip()
        ran = proofmark("verify", "--url", f"http://127.0.0.1:{port}", pack(token), "--json")
        with urlopen(f"http://127.0.0.1:{port}/demo/harrow-product") as answer:
            page = answer.read().decode()
        os.killpg(process.pid, signal.SIGINT)
        printed, _ = process.communicate(timeout=60)

    assert 'data-verdict="ACCEPT"' in page
    assert (ran.exit_code, json.loads(ran.stdout)["verdict"]) == (0, "ACCEPT")
    assert process.returncode == 0
    assert b"Traceback" not in printed


def test_a_service_over_a_folder_answers(built: tuple[Path, Result], proofmark: Terminal) -> None:
    folder, _ = built
    port = free_port()
    settings = {
        "PROOFMARK_EVIDENCE": str(folder / "bundle"),
        "PROOFMARK_PORT": str(port),
        "PROOFMARK_BASE_URL": f"http://127.0.0.1:{port}",
        "PROOFMARK_BUNDLE": "not-for-the-service",
    }
    with served("serve", **settings) as process:
        ran = proofmark("verify", "--url", f"http://127.0.0.1:{port}", "nothing", "--json")
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)

    assert (ran.exit_code, json.loads(ran.stdout)["verdict"]) == (1, "REJECT")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PROOFMARK_COLOUR": "red"}, "UNKNOWN_SETTING: colour: there is no such setting"),
        ({"PROOFMARK_PORT": "x"}, "BAD_SETTING: port: is a whole number"),
        ({"PROOFMARK_DEBUG": "true"}, "DEBUG_IN_PRODUCTION: debug: debug mode is on"),
        ({"PROOFMARK_EVIDENCE": "/no/such"}, "BUNDLE_UNUSABLE: /no/such cannot be used"),
    ],
)
def test_a_service_that_cannot_begin_says_why(
    proofmark: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    sentence: str,
) -> None:
    for name, value in {"PROOFMARK_PORT": str(free_port()), **environ}.items():
        monkeypatch.setenv(name, value)

    ran = proofmark("serve")

    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"proofmark: {sentence}")


def test_the_evidence_is_signed_again_until_nobody_needs_it(
    built: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = built
    before = {file: file.read_bytes() for file in (folder / "bundle" / "status").iterdir()}
    monkeypatch.setattr(cli, "RE_SIGN_S", 0.01)
    read, write = os.pipe()
    later = int(time.time()) + 3_600

    def now() -> int:
        # Asked once; then whoever needed it is gone.
        os.write(write, b".")
        return later

    monkeypatch.setattr(cli, "now", now)
    with os.fdopen(read) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert cli.re_sign_hourly.callback is not None
        cli.re_sign_hourly.callback(folder)
    os.close(write)

    assert any(file.read_bytes() != content for file, content in before.items())
