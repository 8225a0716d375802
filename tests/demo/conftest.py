"""One example world for all tests, built once in a session at a fixed instant."""

from pathlib import Path

import pytest

from service.demo import Demo, build_world
from tests.demo.asking import BASE_URL, NOON


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the world is built."""
    return tmp_path_factory.mktemp("demo") / "world"


@pytest.fixture(scope="session")
def drawn() -> list[tuple[int, int]]:
    """What the building told about its progress."""
    return []


@pytest.fixture(scope="session")
def demo(folder: Path, drawn: list[tuple[int, int]]) -> Demo:
    """The world; no test changes it."""
    return build_world(
        folder, at=NOON, base_url=BASE_URL, progress=lambda *step: drawn.append(step)
    )
