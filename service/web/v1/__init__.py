"""The JSON API over the register (design.md 9.2): certificates, dossiers, accreditations, keys.

Requests are strict pydantic models, answers say what they are in OpenAPI 3.1, refusals are problem
documents. Everything that changes something takes an Idempotency-Key; changes take If-Match.
"""

from flask_openapi3.blueprint import APIBlueprint

from service.web.v1.accreditations import AccreditationRoutes
from service.web.v1.administration import AdministrationRoutes
from service.web.v1.certificates import CertificateRoutes
from service.web.v1.counter import Counter
from service.web.v1.dossiers import DossierRoutes
from service.web.v1.suspicions import SuspicionRoutes


def register_routes(counter: Counter) -> tuple[APIBlueprint, ...]:
    """Every route over the register."""
    return (
        CertificateRoutes(counter).blueprint(),
        DossierRoutes(counter).blueprint(),
        AccreditationRoutes(counter).blueprint(),
        AdministrationRoutes(counter).blueprint(),
        SuspicionRoutes(counter).blueprint(),
    )
