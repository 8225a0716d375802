"""Who may ask for what: every route has a row here, and what has no row is denied (R20, A03).

A row says who is let in at the door. Whether somebody may do it to *this* body is asked again, in
the transaction that does it (`service.storage.people.require`).
"""

from collections.abc import Mapping
from enum import StrEnum

from service.domain.people import Power


class Access(StrEnum):
    """Routes that need no power."""

    # Anybody, from anywhere; it changes nothing that belongs to somebody.
    PUBLIC = "public"
    # Anybody, but only from a page of ours: signing in.
    OWN_PAGE = "own_page"
    # A person with a session, about themselves.
    LOGGED_IN = "logged_in"


Row = Access | Power

_PUBLIC = """
    api.scan api.verify assets.static codes.codes demo.one demo.picture demo.show
    styleguide.show
    evidence.record evidence.status
    federation.configuration federation.fetch federation.subordinates
    health.healthz health.readyz lookup.one lookup.search metrics.metrics
    oauth.token openapi.document openapi.pages
    pages.check pages.scan pages.verdict
    signing_in.join_page signing_in.log_in_page suspicion.ask suspicion.tell
"""
_OWN_PAGE = "signing_in.join signing_in.join_options signing_in.log_in signing_in.log_in_options"
_LOGGED_IN = """
    account.add_passkey account.end_session account.log_out account.passkey_options
    account.remove_passkey account.show
"""
# The JSON API over the register: what each needs at the body that is meant.
_POWERS: Mapping[Power, str] = {
    Power.READ: """
        accreditations.accreditation accreditations.accreditations accreditations.recognition
        accreditations.recognitions administration.bodies administration.events
        administration.keys administration.proposals certificates.listed certificates.one
        console.bodies console.certificate console.certificates console.desk
        console_authority.listed console_authority.one console_authority.act
        console_authority.grant console_service.show console_dossiers.listed
        console_dossiers.one console_papers.label
        console_suspicions.listed console_suspicions.close
        console_approvals.listed console_approvals.decide console_laboratories.listed
        dossiers.gates dossiers.laboratories dossiers.listed dossiers.one
        administration.approve administration.reject
        suspicions.listed suspicions.one suspicions.close
    """,
    Power.ISSUE: """
        certificates.intend certificates.issue certificates.issue_batch certificates.revise
        certificates.submit console_dossiers.issue console_papers.paper
    """,
    Power.DECIDE: """
        console.act console_dossiers.decide
        certificates.cancel certificates.reinstate certificates.suspend
        certificates.transfer_out
        certificates.withdraw dossiers.decide
    """,
    Power.SURVEY: "certificates.survey console.survey",
    Power.CORRECT: "certificates.correct",
    Power.APPLY: """
        dossiers.amend dossiers.begin console_dossiers.amend console_dossiers.begin
    """,
    Power.EVALUATE: "dossiers.add_laboratory console_laboratories.put",
    Power.ACCREDIT: "accreditations.act accreditations.grant",
    Power.RECOGNISE: "accreditations.act_on_recognition accreditations.recognise",
    Power.PEOPLE: "console_service.change console_service.invite",
    Power.ENROL: "administration.enrol",
    Power.KEYS: "administration.add_key administration.end_key",
}

# Endpoint -> who may ask for it.
ACCESS: Mapping[str, Row] = {
    **dict.fromkeys(_PUBLIC.split(), Access.PUBLIC),
    **dict.fromkeys(_OWN_PAGE.split(), Access.OWN_PAGE),
    **dict.fromkeys(_LOGGED_IN.split(), Access.LOGGED_IN),
    **{name: power for power, names in _POWERS.items() for name in names.split()},
}
