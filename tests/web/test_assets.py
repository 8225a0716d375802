"""Style sheets and drawings: named by what is in them, so that they may be kept for a year."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.web.app import template_folder
from service.web.assets import load_assets
from service.web.marks import sprite
from tests.web.desk import PAGE, refused


@pytest.mark.parametrize(
    ("name", "kind"),
    [("tokens.css", "text/css; charset=utf-8"), ("components.css", "text/css; charset=utf-8"),
     ("favicon.svg", "image/svg+xml")],
)  # fmt: skip
def test_a_file_that_a_page_names_is_kept_for_a_year(
    client: FlaskClient, name: str, kind: str
) -> None:
    page = client.get("/", headers=PAGE).text
    link = next(iter(re.findall(rf'href="(/static/{re.escape(name)}\?v=[0-9a-f]+)"', page)))

    answer = client.get(link)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert link.endswith(sha256(answer.data).hexdigest()[:12])


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789ab"])
def test_under_another_name_it_is_asked_for_again(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/static/tokens.css{query}")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get(
        f"/static/tokens.css{query}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.css", "Tokens.css", ".", "tokens.css.bak"])
def test_what_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    assert refused(client.get(f"/static/{name}")) == (404, "NOT_FOUND")


def test_only_styles_and_drawings_are_served(tmp_path: Path) -> None:
    for name in ("a.css", "b.svg", "c.py", "d.html", "e", ".f.css.swp"):
        (tmp_path / name).write_text(name)

    assert set(load_assets(tmp_path)) == {"a.css", "b.svg"}


def test_a_page_carries_every_drawing_and_uses_no_other(client: FlaskClient) -> None:
    drawn = set(re.findall('<symbol id="([^"]+)"', sprite()))
    templates = "".join(path.read_text("utf-8") for path in template_folder().glob("*.html"))
    named = set(re.findall(r'<use href="#([\w-]+)"', templates))
    named |= set(re.findall(r'mark\("([\w-]+)"', templates)) - {"mark-", "kind-"}

    assert named <= drawn
    assert sprite() in client.get("/", headers=PAGE).text
    assert {f"mark-{outcome}" for outcome in (
        "accept", "accept_with_warning", "not_for_this_purpose", "cannot_confirm", "reject",
        "note", "not_asked", "open",
    )} <= drawn  # fmt: skip
