"""Report a suspicion: the form for whoever looks at a verdict, and the page with the number.

Anybody may report, without an account, a script or a cookie; the certificate stands in the address
as on the verdict's page, in `t`, beside what was asked. There is no session that another site could
abuse, but a page elsewhere could make its visitors' browsers report in their names: so a form is
taken only from a page of ours, by its origin. What is written is shown to bodies alone.
"""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request, url_for

from service.domain.question import Question
from service.domain.report import Report
from service.registry import suspicions
from service.registry.office import Office
from service.registry.suspicions import Told
from service.storage.database import Connection
from service.storage.register import Body
from service.web.asking import answer, asked_in, own_digits
from service.web.desk import Desk
from service.web.problems import Problem
from service.web.security import check_form
from service.web.sessions import FORMS, own_origin
from service.web.view.ask import again, suspect
from service.web.view.suspicion import Suspected, suspected

_SCANNED = "t"
_FIELDS = frozenset({"words", "place", "reach"})


def suspicion_routes(desk: Desk, office: Office) -> Blueprint:
    """The routes of /report."""
    routes = Blueprint("suspicion", __name__)

    @routes.get("/report")
    def ask() -> Response:
        text, question = _asked()
        report = answer(desk, text, question)
        bodies = office.database.read(lambda c: suspicions.receivers(c, report))
        page = _page(report, text, question, bodies)
        return _apart(render_template("suspicion.html", page=page))

    @routes.post("/report")
    def tell() -> Response:
        (text, question), form = _asked(), _posted(desk)
        report, at = answer(desk, text, question), desk.clock()
        told = Told(report, own_digits(desk, text)[0], **form)

        def work(connection: Connection) -> tuple[str, Sequence[Body]]:
            reference = suspicions.report(connection, told, at=at)
            return reference, suspicions.receivers(connection, report)

        reference, bodies = office.database.write(work)
        page = _page(report, text, question, bodies)
        reachable = bool(told.reach.strip())
        return _apart(
            render_template(
                "suspicion_told.html", page=page, reference=reference, reachable=reachable
            )
        )

    return routes


def _asked() -> tuple[str, Question]:
    """What is suspected, and what was asked about it. Raises Problem, QuestionRefused."""
    text = request.args.get(_SCANNED, "")
    if not text:
        raise Problem("BAD_PARAMETER", _SCANNED)
    return text, asked_in({name: one for name, one in request.args.items() if name != _SCANNED})


def _posted(desk: Desk) -> dict[str, str]:
    """What a reader wrote, on a page of ours. Raises Problem."""
    if request.mimetype not in FORMS:
        raise Problem("MEDIA_TYPE_NOT_ALLOWED")
    if request.headers.get("Origin") != own_origin(desk.settings):
        raise Problem("CSRF_REFUSED")
    check_form()
    for name in (*request.form.keys() - _FIELDS, *request.files):
        raise Problem("UNKNOWN_FIELD", name[:40])
    return {name: request.form.get(name, "") for name in _FIELDS}


def _page(report: Report, text: str, question: Question, bodies: Sequence[Body]) -> Suspected:
    link = url_for("pages.verdict", scanned=text)
    return suspected(
        report, bodies, action=suspect(question, link), back=again(question, link)
    )  # fmt: skip


def _apart(page: str) -> Response:
    """Kept by nobody. The form says from which site it comes, and no more: not the address, for the
    code is in it. (Without any referrer browsers send no origin either: Fetch, section 3.2.)
    """
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "strict-origin"}
    return Response(page, headers=headers)
