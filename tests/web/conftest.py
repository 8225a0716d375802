"""The desk, its verifier and a client; each test may furnish the evidence."""

import pytest
from flask.testing import FlaskClient

from service.web.app import create_app
from tests.web.desk import SETTINGS, StubEvidence, StubVerifier, client_of
from tests.web.gallery import NOON


@pytest.fixture
def verifier() -> StubVerifier:
    return StubVerifier()


@pytest.fixture
def evidence() -> StubEvidence:
    return StubEvidence()


@pytest.fixture
def client(verifier: StubVerifier, evidence: StubEvidence) -> FlaskClient:
    app = create_app(SETTINGS, verifier=verifier, evidence=evidence, clock=lambda: NOON)
    return client_of(app)
