"""What a page costs: the server's time for a verdict as a page, against the same verdict as JSON.

The same requests to the same application in one process, in turns; new certificates each time, in
each language that is spoken. Exits with 1 where a page takes more than 1.5 times as long, or has
more than 40 kB with its styles, compressed.
"""

import gzip
import re
from collections.abc import Mapping
from statistics import median
from time import perf_counter

from flask.testing import FlaskClient

from bench.world import AT, BenchWorld
from service.config import Settings
from service.credential.packing import pack
from service.domain.reason import Reason
from service.domain.verdict import Unavailable
from service.storage.documents import Unusable
from service.web.app import create_app
from service.web.language import LANGUAGES

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


def _timed(client: FlaskClient, paths: list[str], headers: Mapping[str, str]) -> float:
    """Seconds a request."""
    start = perf_counter()
    for path in paths:
        answer = client.get(path, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{path[:20]}: {answer.status}")
    return (perf_counter() - start) / len(paths)


def main(quick: bool = False) -> int:
    count, rounds = (QUICK_REQUESTS, QUICK_ROUNDS) if quick else (REQUESTS, ROUNDS)
    world = _Served()
    settings = Settings(access_log=False, base_url="http://localhost", verify_per_minute=10**9)
    app = create_app(settings, verifier=world.verifier(), evidence=world, clock=lambda: AT)
    client = app.test_client(use_cookies=False)
    paths = [f"/q/{pack(token)}" for token in world.tokens(count * rounds)]
    ways = {"as JSON": {"Accept": "application/json"}} | {
        f"as a page in {name}": {"Accept": "text/html", "Accept-Language": code}
        for code, name in LANGUAGES.items()
    }
    for headers in ways.values():
        client.get(paths[0], headers=headers)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds):
        part = paths[turn * count : (turn + 1) * count]
        for name, headers in ways.items():
            times[name].append(_timed(client, part, headers))
    print(f"{'a verdict, server time':38} µs each   time, JSON = 1   (target {TARGET})")
    worst = 0.0
    for name, found in times.items():
        ratio = median(b / a for a, b in zip(times["as JSON"], found, strict=True))
        worst = max(worst, ratio)
        print(f"{name:38} {median(found) * 1e6:7.0f}   {ratio:.2f}")
    size = _weight(client, paths[0])
    print(f"{'its page with styles, compressed':38} {size / 1000:7.1f} kB   (target 40)")
    return 0 if (worst <= TARGET or quick) and size <= MOST_BYTES else 1


def _weight(client: FlaskClient, path: str) -> int:
    """Bytes of a first visit: the page and what it needs, each compressed by itself."""
    page = client.get(path, headers={"Accept": "text/html"}).get_data()
    parts = [page, *(client.get(url).get_data() for url in _STYLE.findall(page.decode()))]
    return sum(len(gzip.compress(part)) for part in parts)
