"""Papers from the console: a certificate as PDF, labels and marks, made when they are asked for."""

import re

from flask import Blueprint, Response

from service.domain.people import Power
from service.registry import letterhead, printing
from service.registry.printing import Issued
from service.render import drawing
from service.render.label import USUAL_MODULE_MM, product_label, system_mark
from service.render.sheet import fits, sheets
from service.web.asking import given
from service.web.auth import actor
from service.web.console_room import Room, posted
from service.web.problems import Problem

_FORM = frozenset({"body", "number", "lang", "paper", "address", "people", "unsigned"})
_SVG, _PNG, _PDF = "image/svg+xml", "image/png", "application/pdf"
_DPI = 600


class PaperRoom(Room):
    """The views /console/paper and /console/label."""

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("console_papers", __name__, url_prefix="/console")
        routes.post("/paper")(self.paper)
        routes.get("/label")(self.label)
        return routes

    def paper(self) -> Response:
        """The certificate as PDF, signed by the body's key."""
        form, at = posted(_FORM), self._desk.clock()
        body = form.get("body", "")
        self._office.database.read(lambda c: self.here(c, body, Power.ISSUE))
        who, address = actor(), form.get("address")
        if address is not None:
            self._office.database.write(lambda c: letterhead.put(c, who, body, address, at=at))
        one = printing.find(self._office, body, form.get("number", ""), at=at)
        settings = self._desk.settings
        content = printing.certificate(
            self._office, one, base_url=settings.base_url, host=settings.address,
            languages=[form.get("lang", "en")], paper=form.get("paper", "A4"),
            people=[name.strip() for name in form.get("people", "").split(";") if name.strip()],
            sign="unsigned" not in form, at=at,
        )  # fmt: skip
        return _file(content, _PDF, f"{one.life.row.number}.pdf")

    def label(self) -> Response:
        """The label of a product, or the mark of a management system, as SVG, PNG or PDF."""
        at, form = self._desk.clock(), given("form") or "svg"
        here = self._office.database.read(self.here)
        one = printing.find(self._office, here.body.id, given("number"), at=at)
        drawn, name = self._drawn(one), one.life.row.number
        match form:
            case "svg":
                return _file(drawing.svg(drawn).encode(), _SVG, f"{name}.svg")
            case "png":
                return _file(drawing.png(drawn, _DPI), _PNG, f"{name}.png")
            case "pdf":
                return _file(drawing.pdf(drawn), _PDF, f"{name}-label.pdf")
            case "A4" | "Letter":
                full = max(fits(drawn, form), 1)
                return _file(sheets([(drawn, full)], form)[0], _PDF, f"{name}-sheet.pdf")
        raise Problem("BAD_PARAMETER", "form")

    def _drawn(self, one: Issued) -> drawing.Drawing:
        stated, settings = one.life.stated, self._desk.settings
        if given("mark"):
            return system_mark(stated, body=one.name)
        module = given("module") or str(USUAL_MODULE_MM)
        if not re.fullmatch(r"[01](\.[0-9]{1,3})?", module, re.ASCII):
            raise Problem("BAD_PARAMETER", "module")
        return product_label(
            stated, one.code(settings.base_url), body=one.name, host=settings.address,
            model=given("model") or None, module_mm=float(module),
        )  # fmt: skip


def _file(content: bytes, kind: str, name: str) -> Response:
    """A file to keep, under a name that any system takes."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name)
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return answer
