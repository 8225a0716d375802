"""Where a certification body is: put on file once, and printed on each of its certificates."""

import pypdfium2
import pytest

from service.domain.people import Actor
from service.domain.refusal import Denied
from service.registry import letterhead, printing
from service.storage import ledger
from tests.registry.desk import CB, DECIDED, SETUP, RegisterWorld, dossier

pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
QUAY = "1 Quay Street, Larkmere LK1 1AA"


def _put(world: RegisterWorld, line: str, who: Actor = SETUP) -> None:
    world.office.database.write(lambda c: letterhead.put(c, who, CB, line, at=world.at))


def test_it_stands_on_every_certificate_that_is_printed_from_then_on(world: RegisterWorld) -> None:
    number = world.issue(dossier(**DECIDED)).number
    texts = []
    for line in (None, QUAY):
        if line is not None:
            _put(world, line)
        content = printing.certificate(
            world.office, printing.find(world.office, CB, number, at=world.at),
            base_url="https://verify.example", host="verify.example", languages=["en"],
            paper="A4", people=(), sign=True, at=world.at,
        )  # fmt: skip
        texts.append(pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range())

    assert [QUAY in text for text in texts] == [False, True]


def test_the_same_again_is_no_event(world: RegisterWorld) -> None:
    for line in (QUAY, f" {QUAY} ", "2 Quay Street"):
        _put(world, line)

    events = world.office.database.read(
        lambda c: [one for one in ledger.history(c, CB) if one.kind == letterhead.KIND]
    )
    assert len(events) == 2
    assert world.office.database.read(lambda c: letterhead.address(c, CB)) == "2 Quay Street"


@pytest.mark.parametrize(
    ("line", "code"),
    [("", "BAD_PARAMETER"), ("a" * 201, "BAD_PARAMETER"), ("1 Quay\u202e", "NAME_CONTROL_CHARS")],
)
def test_what_is_no_address_is_refused(world: RegisterWorld, line: str, code: str) -> None:
    with pytest.raises(Denied, match=code):
        _put(world, line)


def test_nobody_without_a_role_puts_one_on_file(world: RegisterWorld) -> None:
    with pytest.raises(Denied, match="NOT_FOUND"):
        _put(world, QUAY, Actor("user", "nobody"))
    assert world.office.database.read(lambda c: letterhead.address(c, CB)) is None
