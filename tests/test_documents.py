"""What is written about Proofmark agrees with what it is."""

import re
from pathlib import Path

import pytest

from service.config import settings_table

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")


def test_every_setting_stands_in_its_table() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")

    assert page.endswith(settings_table() + "\n")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_page_links_to_what_is_not_there(page: Path) -> None:
    text = (ROOT / page).read_text("utf-8")

    missing = [link for link in LINK.findall(text) if not (ROOT / page.parent / link).exists()]
    assert missing == []


def test_every_runtime_package_says_why_it_is_there() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    project = (ROOT / "pyproject.toml").read_text("utf-8")

    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert listed is not None
    for name in re.findall(r'^  "([\w-]+)', listed[1], re.MULTILINE):
        assert f"`{name}`" in readme, name


def test_every_decision_is_numbered_dated_and_has_a_status() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")

    numbers = [int(path.name[:4]) for path in pages]
    assert numbers == list(range(1, len(pages) + 1))
    for path in pages:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]}: ")
        assert re.search(r"^Status: (proposed|accepted|replaced by \d{4})$", text, re.MULTILINE)
        assert re.search(r"^Date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
