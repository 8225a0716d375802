"""The application as OpenAPI 3.1 describes it, with our own door and our own refusals.

The library reads models from the views' signatures; bodies go through the strict JSON reader
first, and what does not fit a model is a problem document like every other (RFC 9457).
"""

from typing import Any

from flask import Blueprint, Request, Response, current_app, jsonify, render_template
from flask_openapi3.models.info import Info
from flask_openapi3.models.security_scheme import SecurityScheme
from flask_openapi3.openapi import OpenAPI
from jinja2 import StrictUndefined
from pydantic import BaseModel, ValidationError

from service.web.problems import MEDIA_TYPE, Problem
from service.web.v1.counter import strict_body

_INFO = Info(
    title="Proofmark",
    version="1",
    description="Certificates that cannot be faked: issue them, check them.",
)
_SECURITY: dict[str, SecurityScheme | dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer"}
}
# pydantic's words for what is wrong with a member.
_CODES = {"extra_forbidden": "UNKNOWN_FIELD", "missing": "CLAIM_MISSING"}


class ProblemDocument(BaseModel):
    """A refusal (RFC 9457): `code` is stable, `facts` hold what more can be said."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    field: str | None = None
    facts: dict[str, Any] | None = None


class StrictRequest(Request):
    """A request whose JSON is read once, strictly (security.md R3)."""

    def get_json(self, *_: Any, **__: Any) -> Any:
        """The body as an object. Raises Problem and Refused."""
        return strict_body()


class Application(OpenAPI):
    """The Flask application with its description."""

    request_class = StrictRequest
    # Of the class, because the library makes the environment before anybody could set them.
    jinja_options: dict[str, Any] = {  # noqa: RUF012  # as Flask declares it
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }


def new_application(name: str, templates: str) -> Application:
    """An application without routes."""
    app = Application(
        name, info=_INFO, template_folder=templates, static_folder=None, doc_ui=False,
        security_schemes=_SECURITY, validation_error_status=400,
        validation_error_model=ProblemDocument, validation_error_callback=_refuse,
    )  # fmt: skip
    # The library's command would print the description; `/api/v1/openapi.json` is the place.
    app.cli.commands.clear()
    return app


def description_routes() -> Blueprint:
    """The description for machines, and for people without any script."""
    routes = Blueprint("openapi", __name__)

    @routes.get("/api/v1/openapi.json")
    def document() -> Response:
        return jsonify(described())

    @routes.get("/docs")
    def pages() -> str:
        return render_template("docs.html", spec=described())

    return routes


def described() -> dict[str, Any]:
    """The OpenAPI document of the application at hand."""
    app: Any = current_app
    spec: dict[str, Any] = app.api_doc
    for operations in spec["paths"].values():
        for operation in operations.values():
            _describe_refusal(operation)
    return spec


def _describe_refusal(operation: dict[str, Any]) -> None:
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    problem = {"description": "A problem document.", "content": {MEDIA_TYPE: {"schema": schema}}}
    operation["responses"] = {
        "2XX": {"description": "Done.", "content": {"application/json": {}}},
        "4XX": problem,
        "503": problem,
    }
    operation.setdefault("security", [{"bearer": []}])


def _refuse(error: ValidationError) -> Response:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"]
    ).lstrip(".")
    raise Problem(_CODES.get(first["type"], "BAD_PARAMETER"), path[:200] or None)
