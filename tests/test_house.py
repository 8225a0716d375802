"""The floor plan of the house (design.md section 3), and the walk that holds every file to it.

A room sees only the rooms below it, an outside package only enters the rooms that are open to it,
and the clock and the network are reached from the files named here. An import counts wherever it
stands, inside a function too. What a file reaches through an import counts like the import, so
`datetime.now` is found under any alias.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    PurePosixPath(file.relative_to(ROOT).as_posix())
    for top in ("keys", "service")
    for file in (ROOT / top).rglob("*.py")
)

BELOW_VERIFIER = "keys domain rules credential trust status config"
BELOW_WEB = f"{BELOW_VERIFIER} verifier issuer storage render"

# Room -> the rooms it may import, beside itself.
ROOMS: Mapping[str, frozenset[str]] = {
    room: frozenset(below.split())
    for room, below in {
        "service": "",  # service/__init__.py
        "keys": "",
        "domain": "",
        "rules": "domain",
        "credential": "keys domain",
        "trust": "credential keys rules domain",
        "status": "credential keys rules domain",
        "config": "domain rules",
        "verifier": BELOW_VERIFIER,
        "issuer": f"{BELOW_VERIFIER} verifier",
        "storage": "domain keys rules credential trust status",
        "render": "domain credential keys",
        "registry": BELOW_WEB,
        "demo": f"{BELOW_WEB} registry",
        "web": f"{BELOW_WEB} registry demo",
        "commands": f"{BELOW_WEB} registry demo",
        "cli": f"{BELOW_WEB} registry demo commands",
    }.items()
}

# Only the command line starts the web service, and only when it is told to: inside a function.
LAZY = {("cli", "web")}

# Outside package -> the rooms open to it. One that is not listed has no room: a new dependency
# needs a row here and a line in the README.
PACKAGES: Mapping[str, frozenset[str]] = {
    package: frozenset(rooms.split())
    for package, rooms in {
        "cryptography": "keys",
        "jwt": "keys",
        "pkcs11": "keys",
        "qrcode": "credential render",
        "zxingcpp": "credential render",
        "PIL": "credential render",
        "pypdfium2": "credential render",
        "reportlab": "render",
        "pyhanko": "render",
        "asn1crypto": "render",
        "alembic": "storage",
        "psycopg": "storage",
        "sqlalchemy": "storage",
        "sqlite3": "storage",
        "openpyxl": "storage",
        "babel": "web",
        "jinja2": "web render",
        "markupsafe": "web render",
        "flask": "web",
        "werkzeug": "web",
        "flask_openapi3": "web",
        "pydantic": "web",
        "webauthn": "web",
        "prometheus_client": "web",
        "gunicorn": "web cli",
        "isal": "web",
        "click": "cli commands",
    }.items()
}

# Corners of the standard library -> the only files that may reach them.
CLOCK = frozenset({"service/web/app.py", "service/cli.py"})
SOCKETS = frozenset({"service/storage/fetch.py"})
MAIL = frozenset({"service/storage/mail.py"})
NOBODY: frozenset[str] = frozenset()
GUARDED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys((f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")), CLOCK),
    "datetime.date.today": CLOCK,
    **dict.fromkeys((f"time.{name}" for name in ("time", "time_ns", "clock_gettime")), CLOCK),
    **dict.fromkeys((f"time.{name}" for name in ("gmtime", "localtime", "ctime")), CLOCK),
    **dict.fromkeys(("asyncio", "socket", "socketserver", "ssl"), SOCKETS),
    **dict.fromkeys(("http.client", "http.server", "urllib.request"), SOCKETS),
    **dict.fromkeys(("ftplib", "imaplib", "poplib", "xmlrpc"), SOCKETS),
    "smtplib": MAIL,
    # These would hide an import from this test.
    **dict.fromkeys(("importlib.import_module", "builtins.__import__"), NOBODY),
}


@dataclass(frozen=True, slots=True)
class Use:
    """A full dotted name that a file imports, or reaches through an import."""

    name: str
    line: int
    imported: bool
    lazy: bool


def uses(path: PurePosixPath, source: str) -> list[Use]:
    """Every name from elsewhere in the source of `path`."""
    tree = ast.parse(source)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    lazy = {n for f in ast.walk(tree) if isinstance(f, functions) for n in ast.walk(f)}
    found = []
    # Scopes are not told apart: a name that an import binds anywhere counts as bound everywhere.
    bound = {"__import__": "builtins.__import__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for local, meaning, name in _imports(node, path):
                bound[local] = meaning
                found.append(Use(name, node.lineno, imported=True, lazy=node in lazy))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and (reached := _reached(node, bound)):
            found.append(Use(reached, node.lineno, imported=False, lazy=node in lazy))
    return found


def _imports(
    node: ast.Import | ast.ImportFrom, path: PurePosixPath
) -> Iterator[tuple[str, str, str]]:
    """For each imported thing: the local name, what that name means, and the name imported."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield alias.asname or top, alias.name if alias.asname else top, alias.name
        return
    above = path.parts[: -node.level] if node.level else ()
    base = ".".join([*above, *([node.module] if node.module else [])])
    for alias in node.names:
        name = base if alias.name == "*" else f"{base}.{alias.name}"
        yield alias.asname or alias.name, name, name


def _reached(node: ast.expr, bound: Mapping[str, str]) -> str | None:
    """The full name of `a.b.c` where an import bound `a`."""
    if isinstance(node, ast.Name):
        return bound.get(node.id)
    if isinstance(node, ast.Attribute) and (base := _reached(node.value, bound)):
        return f"{base}.{node.attr}"
    return None


def module_of(path: PurePosixPath) -> str:
    """The dotted name of a source file."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    """The room of a module of ours, known or not: `keys`, or the first name below `service`."""
    parts = module.split(".")
    return parts[1] if parts[0] == "service" and len(parts) > 1 else parts[0]


def complaints(path: PurePosixPath, source: str) -> list[str]:
    """What a file does that its room may not, each as `file:line: what`."""
    room = room_of(module_of(path))
    if room not in ROOMS:
        return [f"{path}:1: {room} is not a room of the house"]
    wrongs = {(use.line, wrong) for use in uses(path, source) if (wrong := _wrong(use, room, path))}
    return [f"{path}:{line}: {wrong}" for line, wrong in sorted(wrongs)]


def _wrong(use: Use, room: str, path: PurePosixPath) -> str | None:
    for corner, files in GUARDED.items():
        if f"{use.name}.".startswith(f"{corner}.") and str(path) not in files:
            return f"{corner} is for {', '.join(sorted(files)) or 'nobody'}"
    if not use.imported:
        return None
    top = use.name.partition(".")[0]
    if top in ("keys", "service"):
        other = room_of(use.name)
        if other not in ROOMS:
            return f"{use.name} is in no room of the house"
        allowed = other == room or other in ROOMS[room] or (use.lazy and (room, other) in LAZY)
        return None if allowed else f"{room} may not import {other}"
    if top in PACKAGES:
        return None if room in PACKAGES[top] else f"{top} is not for {room}"
    return None if top in sys.stdlib_module_names else f"{top} has no room in the house"


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_file_uses_only_what_its_room_may(path: PurePosixPath) -> None:
    assert complaints(path, (ROOT / path).read_text(encoding="utf-8")) == []


def test_the_walk_finds_both_sides_of_the_house() -> None:
    rooms = {room_of(module_of(path)) for path in SOURCES}

    assert {"keys", "domain", "rules", "credential", "trust", "status"} <= rooms


def test_nothing_stands_in_the_house_that_is_not_on_the_plan() -> None:
    entries = [entry for entry in (ROOT / "service").iterdir() if entry.name != "__pycache__"]

    modules = {entry.stem for entry in entries if entry.is_dir() or entry.suffix == ".py"}

    assert modules - ROOMS.keys() == {"__init__"}


def test_the_plan_has_no_circle() -> None:
    TopologicalSorter(ROOMS).prepare()


def test_no_module_needs_itself_by_a_detour() -> None:
    modules = {module_of(path) for path in SOURCES}
    needs: dict[str, set[str]] = {}
    for path in SOURCES:
        found = uses(path, (ROOT / path).read_text(encoding="utf-8"))
        names = {use.name for use in found if use.imported}
        # `from a.b import c` needs a.b.c where that is a module, and a.b where c is a thing in it.
        near = {name if name in modules else name.rpartition(".")[0] for name in names}
        needs[module_of(path)] = near & modules - {module_of(path)}

    TopologicalSorter(needs).prepare()


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("service/domain/scope.py", "import service.web.app", "1: domain may not import web"),
        ("service/domain/scope.py", "\n\nfrom service import rules", "3: domain may not import"),
        ("service/rules/life.py", "from service.trust import chain", "rules may not import trust"),
        ("service/status/record.py", "from service.trust.chain import x", "may not import trust"),
        ("service/status/record.py", "from ..trust import chain", "may not import trust"),
        ("service/status/record.py", "from .. import trust", "may not import trust"),
        ("service/credential/jws.py", "import service.trust as t", "may not import trust"),
        ("service/verifier.py", "from service.issuer import x", "may not import issuer"),
        ("service/verifier.py", "from . import storage", "may not import storage"),
        ("service/issuer.py", "def f():\n    import service.storage", "2: issuer may not import"),
        ("service/web/app.py", "from service.cli import main", "web may not import cli"),
        ("service/cli.py", "from service.web import app", "cli may not import web"),
        ("service/issuer.py", "def f():\n  import service.web", "issuer may not import web"),
        ("keys/jwk.py", "import service.domain.dates", "keys may not import domain"),
        ("keys/jwk.py", "import service", "keys may not import service"),
        ("service/web/app.py", "import service.helpers", "is in no room"),
        ("service/helpers/text.py", "", "helpers is not a room"),
        ("service/helpers.py", "", "helpers is not a room"),
        ("service/verifier.py", "import flask", "flask is not for verifier"),
        ("service/render/label.py", "from flask import g", "flask is not for render"),
        ("service/cli.py", "def f():\n  import flask.cli", "2: flask is not for cli"),
        ("service/issuer.py", "import jinja2", "jinja2 is not for issuer"),
        ("service/web/app.py", "from sqlalchemy import text", "sqlalchemy is not for web"),
        ("service/cli.py", "import sqlite3", "sqlite3 is not for cli"),
        ("service/credential/jws.py", "from cryptography import x509", "cryptography is not for"),
        ("service/storage/fetch.py", "import requests", "requests has no room"),
        ("service/domain/dates.py", "import tests.world", "tests has no room"),
        ("service/verifier.py", "from datetime import datetime\ndatetime.now()", "2: datetime"),
        ("service/verifier.py", "import datetime as d\nd.datetime.utcnow()", "utcnow is for"),
        ("service/verifier.py", "from datetime import date as d\nf(d.today)", "date.today is for"),
        ("service/web/pages.py", "import time\ntime.time()", "time.time is for service/cli.py"),
        ("service/storage/outbox.py", "from time import time", "time.time is for"),
        ("service/storage/outbox.py", "import socket", "socket is for service/storage/fetch.py"),
        ("service/cli.py", "from urllib.request import urlopen", "urllib.request is for"),
        ("service/cli.py", "import http.client as c", "http.client is for"),
        ("service/cli.py", "import urllib.parse\nurllib.request.urlopen", "2: urllib.request"),
        ("service/web/app.py", "import ssl", "ssl is for"),
        ("service/rules/life.py", "import importlib as i\ni.import_module('flask')", "for nobody"),
        ("service/rules/life.py", "__import__('flask')", "for nobody"),
    ],
)
def test_a_file_that_leaves_its_room_is_named(path: str, source: str, complaint: str) -> None:
    found = complaints(PurePosixPath(path), source)

    assert len(found) == 1
    assert found[0].startswith(f"{path}:")
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("service/domain/scope.py", "from service.domain.dates import Period\nfrom . import dates"),
        ("service/cli.py", "def serve():\n    from service.web.app import create"),
        ("service/cli.py", "from datetime import UTC, datetime\ndatetime.now(UTC)"),
        ("service/web/app.py", "import time\ntime.time()"),
        ("service/storage/fetch.py", "import ssl, http.client, urllib.request"),
        ("service/storage/migrations/first.py", "import sqlalchemy\nfrom alembic import op"),
        ("service/verifier.py", "from datetime import datetime\nfrom urllib.parse import urlsplit"),
        ("service/trust/chain.py", "from http import HTTPStatus\nimport time\ntime.monotonic()"),
        ("service/web/pages.py", "import flask, jinja2\nfrom service import verifier, storage"),
        (
            "keys/signer.py",
            "from cryptography.hazmat.primitives import hashes\nfrom keys import jwk",
        ),
    ],
)
def test_a_file_that_keeps_to_its_room_is_left_alone(path: str, source: str) -> None:
    assert complaints(PurePosixPath(path), source) == []


def test_the_verifier_needs_neither_flask_nor_a_database() -> None:
    absent = ["flask", "jinja2", "werkzeug", "sqlalchemy", "alembic", "psycopg", "sqlite3"]
    script = f"import sys; sys.modules.update(dict.fromkeys({absent})); import service.verifier"

    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
