"""The application: the rooms of the front desk put together, and the one place with a clock."""

import gc
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Flask

from service.config import SettingRefused, Settings
from service.web.access_log import log_requests
from service.web.api import api_routes
from service.web.assets import serve_assets
from service.web.codes import code_routes
from service.web.console import ConsoleRoutes
from service.web.console_approvals import ApprovalRoom
from service.web.console_authority import AuthorityRoom
from service.web.console_dossiers import DossierRoom
from service.web.console_laboratories import LaboratoryRoom
from service.web.console_papers import PaperRoom
from service.web.console_service import ServiceRoom
from service.web.console_suspicions import SuspicionRoom
from service.web.demo import demo_routes
from service.web.desk import Desk, Evidence, Verifies
from service.web.evidence import Below, EvidenceRoutes
from service.web.federation import FederationRoutes
from service.web.health import Check, database_check, health_routes
from service.web.language import LANGUAGES, catalogue, speak
from service.web.limits import limit
from service.web.lookup import lookup_routes
from service.web.marks import mark, sprite
from service.web.metrics import Counted, measure, metrics_routes
from service.web.openapi import description_routes, new_application
from service.web.pages import page_routes
from service.web.parts import draw_parts
from service.web.people import admit
from service.web.problems import answer_problems
from service.web.register import RegisterDesk
from service.web.security import guard
from service.web.styleguide import styleguide_routes
from service.web.suspicion import suspicion_routes
from service.web.theme import keep_theme
from service.web.transfer import compress
from service.web.v1 import register_routes
from service.web.v1.counter import Counter
from service.web.view import words


def wall_clock() -> int:
    """Now, in POSIX seconds."""
    return int(time.time())


def template_folder() -> Path:
    """Where the templates are: inside an installed wheel, else beside the packages in a checkout.

    Raises RuntimeError if they are in neither place.
    """
    room = Path(__file__).resolve().parents[1]
    for folder in (room / "_templates", room.parent / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise RuntimeError("the templates are not installed")


def create_app(
    settings: Settings,
    *,
    verifier: Verifies,
    evidence: Evidence,
    clock: Callable[[], int] = wall_clock,
    demo: Path | None = None,
    checks: Mapping[str, Check] | None = None,
    register: RegisterDesk | None = None,
) -> Flask:
    """The web application over a verifier and the evidence that it serves.

    `demo` is the folder of an example world, which is then shown at `/demo`, with the style guide
    beside it; `checks` are what `/readyz` asks beside evidence and database. Without a `register`
    it only verifies, and nobody logs in.
    Raises SettingRefused with DEBUG_IN_PRODUCTION where the environment switches debugging on.
    """
    app = new_application(__name__, str(template_folder()))
    if app.debug and settings.production:
        raise SettingRefused("DEBUG_IN_PRODUCTION", "FLASK_DEBUG", "debug mode is on")
    app.debug = settings.debug
    app.config.update(PROOFMARK_BASE_URL=settings.base_url)
    app.jinja_env.globals.update(
        sprite=sprite(),
        mark=mark,
        say=words.as_html,
        base_url=settings.base_url,
        address=settings.address,
        line=words.say,
        own=words.own,
        lookup=register is not None and register.office is not None,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    # An address is one thing: never answered with a redirect to a tidier one.
    app.url_map.merge_slashes = False
    app.url_map.converters["below"] = Below

    # What comes first here sees an answer last: the log sees it as it leaves.
    log_requests(app, settings)
    measure(app)
    compress(app)
    guard(app, settings)
    limit(app, settings, clock)
    keep_theme(app, settings)
    speak(app, settings)
    answer_problems(app)
    draw_parts(app)

    desk = Desk(settings, Counted(verifier), evidence, clock)
    own = {} if register is None else {"database": database_check(register.database)}
    admit(app, desk, register)
    serve_assets(app)
    for routes in (
        page_routes(desk),
        api_routes(desk),
        code_routes(),
        EvidenceRoutes(desk).blueprint(),
        FederationRoutes(desk).blueprint(),
        health_routes(evidence, {**own, **(checks or {})}),
        metrics_routes(settings),
        description_routes(),
    ):
        app.register_blueprint(routes)
    if register is not None and register.office is not None:
        app.register_blueprint(lookup_routes(desk, register.office))
        app.register_blueprint(suspicion_routes(desk, register.office))
        for room in (
            ConsoleRoutes, AuthorityRoom, DossierRoom, LaboratoryRoom, PaperRoom, ServiceRoom,
            SuspicionRoom,
        ):  # fmt: skip
            app.register_blueprint(room(desk, register.office).blueprint())
        app.register_blueprint(ApprovalRoom(desk, register.office, register.actions).blueprint())
        for api in register_routes(Counter(register.office, clock, register.actions)):
            app.register_api(api)
    if demo is not None:
        app.register_blueprint(demo_routes(demo))
        app.register_blueprint(styleguide_routes())
    return app


def settle(app: Flask) -> None:
    """Make ready what every request needs, so that none waits for it, and leave what now lives for
    good out of the search for garbage: before a server forks its workers, which then share it.
    """
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    for code in LANGUAGES:
        catalogue(code)
    gc.collect()
    gc.freeze()
