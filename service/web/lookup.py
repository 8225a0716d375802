"""The public register's pages: an entry by its address, and the search by number or holder.

Only what is asked for exactly is found, and only so often (`limits`); nothing can be browsed.
"""

from typing import NoReturn

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.credential.packing import pack
from service.domain.refusal import Denied
from service.domain.surveillance import Record
from service.registry import entries
from service.registry.office import Office
from service.storage.database import Connection
from service.storage.register import Certificate
from service.web.asking import answer, given
from service.web.desk import Desk
from service.web.problems import Problem
from service.web.view.entry import entry, history, path_of
from service.web.view.page import verdict_page


def lookup_routes(desk: Desk, office: Office) -> Blueprint:
    """The routes below /c."""
    routes = Blueprint("lookup", __name__)
    base = office.base

    @routes.get("/c")
    def search() -> AnyResponse:
        number, holder = (given(name) for name in ("number", "holder"))
        if bool(number) == bool(holder):
            return _page(None, None, holder or number)
        read = office.database.read
        found = (
            read(lambda c: entries.by_number(c, number))
            if number
            else read(lambda c: entries.by_holder(c, holder))
        )
        if len(found) == 1:
            return redirect(path_of(found[0], base), 303)
        return _page([entry(one, base) for one in found], bool(number), number or holder)

    @routes.get("/c/<below:path>")
    def one(path: str) -> Response:
        at = desk.clock()

        def work(connection: Connection) -> tuple[Certificate, str | None, Record | None]:
            body, number = entries.split(connection, base, path)
            (found,) = entries.by_number(connection, number, body) or _missing()
            record = None if found.confidential else entries.history(connection, found, at=at)
            return found, entries.newest_token(connection, found), record

        try:
            found, token, record = office.database.read(work)
        except Denied as denied:
            raise Problem(denied.code) from None
        if record is None or token is None:
            return _kept(Response(render_template("confidential.html", number=found.number)))
        link = url_for("pages.verdict", scanned=pack(token))
        page = verdict_page(answer(desk, token), link=link)
        shown = entry(found, base)
        told = history(record)
        return _kept(
            Response(render_template("entry.html", page=page, entry=shown, history=told, link=link))
        )

    return routes


def _missing() -> NoReturn:
    raise Denied("NOT_FOUND")


def _page(found: object, by_number: bool | None, asked: str) -> Response:
    status = 404 if found == [] else 200
    page = render_template("lookup.html", found=found, by_number=by_number, asked=asked)
    return _kept(Response(page, status))


def _kept(response: Response) -> Response:
    """Kept by nobody: tomorrow's answer may differ."""
    response.headers["Cache-Control"] = "no-store"
    return response
