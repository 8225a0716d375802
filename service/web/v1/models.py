"""What requests may contain: closed, strict models (security.md A04, R3).

A dossier and a scope are read by the domain's own strict readers, so they stand here as objects:
their members are in docs/dossier.md and design.md section 5.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=4_000)]
Id = Annotated[str, Field(min_length=1, max_length=512)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-03-31"])]
Object = dict[str, Any]


class Strict(BaseModel):
    """A closed body: exact types, nothing beyond what is named."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """Closed parameters of an address, which are texts by nature."""

    model_config = ConfigDict(extra="forbid")


class OfBody(Query):
    """Whose register is meant; may be left out by who works for one body only."""

    body: Id | None = None


class Page(OfBody):
    """A page: so many rows after a cursor."""

    after: Annotated[str | None, Field(max_length=512)] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Certificates(Page):
    """Which certificates: by state, exact holder, due surveillance, or end."""

    state: Annotated[str | None, Field(pattern=r"^[a-z]+(,[a-z]+)*$")] = None
    holder: Text | None = None
    due_by: Day | None = None
    expires_by: Day | None = None


class Number(Query):
    """A certificate's number, which may have slashes."""

    number: Annotated[str, Field(max_length=128)]


class Issue(Strict):
    """A certificate that is wanted: a whole dossier, or the id of one that is decided."""

    body: Id | None = None
    dossier: Object | None = None
    dossier_id: Annotated[str | None, Field(max_length=64)] = None
    number: Annotated[str | None, Field(max_length=64)] = None


class Item(Strict):
    """One of a batch."""

    dossier: Object
    number: Annotated[str | None, Field(max_length=64)] = None


class Batch(Strict):
    """Up to a hundred certificates: all of them, or none."""

    body: Id | None = None
    items: Annotated[list[Item], Field(min_length=1, max_length=100)]


class Token(Strict):
    """A token that its body has signed elsewhere."""

    body: Id | None = None
    number: Annotated[str, Field(max_length=128)]
    token: Annotated[str, Field(max_length=8_192)]


class Target(Strict):
    """The certificate that a transferred one becomes."""

    by: Id
    number: Text


class LifeAct(Strict):
    """An act in the life of a certificate; today's, if no day is given."""

    body: Id | None = None
    reason: Text | None = None
    effective_on: Day | None = None
    cause_resolved: bool | None = None
    to: Target | None = None


class Revise(Strict):
    """A revision: a dossier whose act is extend, reduce, change, renew or restore."""

    body: Id | None = None
    dossier: Object


class Check(Strict):
    """A surveillance that was held, or put off, as a record has it."""

    body: Id | None = None
    check: Object


class Erratum(Strict):
    """What an event of the ledger should have said."""

    body: Id | None = None
    seq: Annotated[int, Field(ge=1)]
    effective_on: Day
    right: Object


class NewDossier(Strict):
    """The beginnings of a dossier."""

    body: Id | None = None
    dossier: Object


class Amend(Strict):
    """A merge patch of a dossier (RFC 7396)."""

    body: Id | None = None
    changes: Object


class Decide(Strict):
    """A decision on a dossier, by whoever is logged in."""

    body: Id | None = None
    refused: bool = False
    decision: Object
    certificate: Object = {}


class Laboratory(Strict):
    """A laboratory whose reports a body takes: its name in dossiers and its accreditation."""

    body: Id | None = None
    name: Text
    id: Id
    by: Id
    accreditation: Object


class Grant(Strict):
    """A new accreditation, as a statement has it; keys are those of the body, if it works here."""

    body: Id | None = None
    subject: Id
    name: Text
    jwks: Object | None = None
    accreditation: Object


class Recognise(Strict):
    """A new recognition, as a statement has it."""

    body: Id | None = None
    subject: Id
    name: Text
    jwks: Object | None = None
    recognition: Object


class ActOn(Strict):
    """An act on an accreditation or a recognition, with what it needs."""

    body: Id | None = None
    asked: Object


class NewBody(Strict):
    """A body that is to work here."""

    id: Id
    role: Text
    name: Text
    zone: Text


class NewKey(Strict):
    """A key of a body, and where it rests."""

    body: Id
    reference: Text
    purposes: Annotated[list[Text], Field(min_length=1, max_length=4)]
    since: Text | None = None


class EndKey(Strict):
    """A key that is retired at an instant, or was lost since one."""

    body: Id
    kid: Annotated[str, Field(max_length=43)]
    until: Text | None = None
    lost: Text | None = None


class Approve(Strict):
    """The digest of what the second person has seen."""

    body: Id | None = None
    digest: Annotated[str, Field(max_length=64)]


class Reject(Strict):
    """A proposal that is refused or taken back."""

    body: Id | None = None


class Suspicions(Page):
    """Which reports: the open ones, or those that are closed."""

    state: Literal["open", "closed"] = "open"


class CloseSuspicion(Strict):
    """What came of a report."""

    body: Id | None = None
    note: Text


class ById(Query):
    """One thing by its id."""

    id: Annotated[str, Field(max_length=512)]
