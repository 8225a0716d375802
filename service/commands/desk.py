"""The desk of the command line: the office as the settings name it, and refusals in one sentence.

Whoever may run a command on the service's own machine is its operator: the ledger writes down the
command line. What needs two people is proposed here and approved by a person (`/api/v1/proposals`).
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from keys.signer import PASSPHRASE_FILE_VARIABLE, PASSPHRASE_VARIABLE
from service.commands.door import UNKNOWN, Refusal, note
from service.config import Settings
from service.credential import strict_json
from service.domain.refusal import Denied, StorageFailed
from service.domain.verdict import Refused, plain
from service.registry.office import Office
from service.registry.opening import open_database, open_office
from service.storage.database import Connection, Database
from service.storage.folder import BundleRefused

_Result = TypeVar("_Result")
# A dossier of many sites and audits has some tens of kilobytes.
MAX_FILE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: its clock in POSIX seconds, and its settings."""

    now: Callable[[], int]
    settings: Callable[[], Settings]

    def database(self) -> Database:
        """The register's database, as it is."""
        with refusals():
            return open_database(self.settings())

    def office(self) -> Office:
        """The office, ready to work. Raises Refusal where it must not."""
        unlock(self.settings())
        with refusals():
            office = open_office(self.settings(), os.environ)
            office.start()
            return office

    def write(self, office: Office, work: Callable[[Connection], _Result]) -> _Result:
        """One transaction of an office. Raises Refusal."""
        with refusals():
            return office.database.write(work)


pass_run = click.make_pass_decorator(Run)


def unlock(settings: Settings) -> None:
    """Name the passphrase that `keys new` has made, if the environment names none."""
    file = passphrase_file(settings)
    if not {PASSPHRASE_VARIABLE, PASSPHRASE_FILE_VARIABLE} & os.environ.keys() and file.exists():
        os.environ[PASSPHRASE_FILE_VARIABLE] = str(file)


def passphrase_file(settings: Settings) -> Path:
    """Where the passphrase of the key files rests, if the environment names no other place."""
    return settings.key_folder.resolve() / "passphrase"


@contextmanager
def refusals() -> Iterator[None]:
    """What is refused leaves as one sentence with its code; the gates of a refusal are listed."""
    try:
        yield
    except Denied as denied:
        for line in _reasons(denied):
            note(line)
        raise Refusal(denied.code, _sentence(denied)) from None
    except StorageFailed as failed:
        raise Refusal(
            failed.code, failed.sentence or "Nothing was done.", exit_code=UNKNOWN
        ) from None
    except BundleRefused as refused:
        raise Refusal(refused.code, str(refused)) from None
    except ValueError as error:
        raise Refusal("BAD_PARAMETER", str(error)) from None


def _sentence(denied: Denied) -> str:
    at = f" ({denied.field})" if denied.field else ""
    if (proposal := denied.facts.get("proposal")) is not None:
        return f"{denied.sentence} Proposal {proposal} of {denied.facts['body']}."
    return (denied.sentence or "This cannot be done.") + at


def _reasons(denied: Denied) -> Iterator[str]:
    for gate in denied.facts.get("gates", ()):
        if gate["outcome"] == "refused":
            yield f"{gate['id']}: {gate['missing']}"
    refusals = denied.facts.get("refusals", ())
    for one in refusals if len(refusals) > 1 else ():
        yield f"{one['code']}: {one['sentence']} ({one['clause']})"


def read_json(file: BinaryIO) -> dict[str, Any]:
    """A JSON object from a file, strictly. Raises Refusal."""
    raw = file.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:
        raise Refusal("BODY_TOO_LARGE", "The file is too large.")
    try:
        found = strict_json.loads(raw)
    except Refused as refused:
        raise Refusal(str(refused.code), "The file is no JSON object as we read it.") from None
    return dict(found)


def show(answer: Mapping[str, Any], lines: Callable[[], Iterator[str]], *, as_json: bool) -> None:
    """An answer as JSON, or as lines for people."""
    if as_json:
        click.echo(json.dumps(plain(dict(answer)), indent=2 if sys.stdout.isatty() else None))
        return
    for line in lines():
        click.echo(line)


body_option = click.option(
    "--body", required=True, metavar="ID", help="Entity id of the body, such as https://…/cb/a."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
key_option = click.option(
    "--idempotency-key", "key", metavar="KEY", help="Do it once, however often it is asked."
)
