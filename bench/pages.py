"""What a page costs: the server's time for a verdict as a page, against the same verdict as JSON.

The same requests to the same application in one process, in turns; new certificates of a different
holder each time, in each language that is spoken. Exits with 1 where a page takes more than 1.5
times as long, or has more than 40 kB with its styles, compressed. Beside them, without a target:
both as browsers ask for them, compressed, and the page with no part of it kept from another page
(`service/web/parts.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from flask.testing import FlaskClient

from bench.world import AT, BenchWorld
from service.config import Settings
from service.credential.packing import pack
from service.domain.reason import Reason
from service.domain.verdict import Unavailable
from service.storage.documents import Unusable
from service.web.app import create_app, settle
from service.web.language import LANGUAGES
from service.web.parts import Parts

TARGET, MOST_BYTES = 1.5, 40_000
REQUESTS, ROUNDS = 60, 15
QUICK_REQUESTS, QUICK_ROUNDS = 20, 3
_STYLE = re.compile(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"')


class _Served(BenchWorld):
    """The same evidence, as a service hands it out."""

    anchors = ("the arrangement",)
    unusable: tuple[Unusable, ...] = ()

    def status_list(self, uri: str, *, time: int | None = None) -> str:
        raise Unavailable(Reason.STATUS_UNAVAILABLE)

    def record(self, issuer: str, number: str) -> str:
        raise Unavailable(Reason.RECORD_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to ask, measured `against` another; `anew` finds nothing kept of the pages before.

    Only what is `aimed` has a target.
    """

    name: str
    headers: Mapping[str, str]
    against: str = "as JSON"
    anew: bool = False
    aimed: bool = False


def _ways() -> list[_Way]:
    json, page = {"Accept": "application/json"}, {"Accept": "text/html"}
    browser = {"Accept-Encoding": "gzip"}
    return [
        _Way("as JSON", json),
        *(
            _Way(f"as a page in {name}", {**page, "Accept-Language": code}, aimed=True)
            for code, name in LANGUAGES.items()
        ),
        _Way("as JSON, compressed", {**json, **browser}),
        _Way("as a page, compressed", {**page, **browser}, "as JSON, compressed"),
        _Way("as a page, no part kept", page, anew=True),
    ]


def _timed(client: FlaskClient, paths: list[str], way: _Way) -> float:
    """Seconds a request."""
    parts: Parts = client.application.extensions["parts"]
    spent = 0.0
    for path in paths:
        if way.anew:
            parts.forget()
        start = perf_counter()
        answer = client.get(path, headers=way.headers)
        spent += perf_counter() - start
        if answer.status_code != 200:
            raise RuntimeError(f"{path[:20]}: {answer.status}")
    return spent / len(paths)


def main(quick: bool = False) -> int:
    count, rounds = (QUICK_REQUESTS, QUICK_ROUNDS) if quick else (REQUESTS, ROUNDS)
    world = _Served()
    settings = Settings(access_log=False, base_url="http://localhost", verify_per_minute=10**9)
    app = create_app(settings, verifier=world.verifier(), evidence=world, clock=lambda: AT)
    settle(app)  # as a server does
    client = app.test_client(use_cookies=False)
    paths = [f"/q/{pack(token)}" for token in world.tokens(count * rounds)]
    ways = _ways()
    for way in ways:
        client.get(paths[0], headers=way.headers)
    times: dict[str, list[float]] = {way.name: [] for way in ways}
    for turn in range(rounds):
        part = paths[turn * count : (turn + 1) * count]
        for way in ways:
            times[way.name].append(_timed(client, part, way))
    print(f"{'a verdict, server time':38} µs each   time, JSON = 1   (target {TARGET})")
    worst = 0.0
    for way in ways:
        found = times[way.name]
        ratio = median(b / a for a, b in zip(times[way.against], found, strict=True))
        worst = max(worst, ratio if way.aimed else 0.0)
        print(f"{way.name:38} {median(found) * 1e6:7.0f}   {ratio:.2f}")
    size = _weight(client, paths[0])
    print(f"{'its page with styles, compressed':38} {size / 1000:7.1f} kB   (target 40)")
    return 0 if (worst <= TARGET or quick) and size <= MOST_BYTES else 1


def _weight(client: FlaskClient, path: str) -> int:
    """Bytes of a first visit as they are sent: the page and what it needs, each compressed."""
    page = client.get(path, headers={"Accept": "text/html"}).text
    return sum(
        len(client.get(url, headers={"Accept-Encoding": "gzip", "Accept": "text/html"}).get_data())
        for url in (path, *_STYLE.findall(page))
    )
