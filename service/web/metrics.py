"""Metrics: what happened so far, in the text form of Prometheus; told to machines that may ask.

A module counts with a Counter of its own (`SIGNED = counter("proofmark_signatures", "…", "type")`,
then `SIGNED.count("status_list")`) and shows a state with a gauge, which is read when somebody
asks. Names begin with `proofmark_`, and Prometheus ends those of counters with `_total`. A label
takes values from tables of ours, never what a client sent: each new value is kept for ever.

Several processes count into files of one private folder, and any of them can add up. The library
decides for that when it is imported, so it is only imported when the first thing is counted.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock
from time import perf_counter
from typing import Any

from flask import Blueprint, Flask, Response, g, request

from service.config import Settings
from service.domain.question import EMPTY, Question
from service.domain.report import Report
from service.domain.verdict import Verdict
from service.web.desk import Verifies
from service.web.problems import Problem

PREFIX = "proofmark_"
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# From an answer out of memory to the slowest picture, in seconds.
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NONE = "none"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Said by proxies: what came through one is no request of a machine that may ask.
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")
_MAKING = Lock()


@dataclass(frozen=True, eq=False)
class _Family:
    """A metric by its name, and its children by the values of their labels."""

    name: str
    doc: str
    labels: tuple[str, ...] = ()
    _children: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def _child(self, values: tuple[str, ...]) -> Any:
        found = self._children.get(values)
        if found is None:
            with _MAKING:  # the library refuses to make one of a name twice
                whole = _made(self)
            found = self._children[values] = whole.labels(*values) if self.labels else whole
        return found


@dataclass(frozen=True, eq=False)
class Counter(_Family):
    """A number that only grows, for each set of values of its labels."""

    def count(self, *values: str, by: float = 1) -> None:
        """Count what happened; a value for each label, in their order."""
        self._child(values).inc(by)


@dataclass(frozen=True, eq=False)
class Times(_Family):
    """How long something took, as a histogram."""

    def took(self, seconds: float, *values: str) -> None:
        """Note a duration in seconds; a value for each label, in their order."""
        self._child(values).observe(seconds)


_COUNTERS: dict[str, Counter] = {}
_GAUGES: dict[str, tuple[str, Callable[[], float | None]]] = {}


def counter(name: str, doc: str, *labels: str) -> Counter:
    """A new counter, without its `_total`. Raises ValueError for a name not ours, or taken."""
    if not name.startswith(PREFIX) or name in _COUNTERS:
        raise ValueError(f"{name} is taken, or does not begin with {PREFIX}")
    return _COUNTERS.setdefault(name, Counter(name, doc, labels))


def gauge(name: str, doc: str, read: Callable[[], float | None]) -> None:
    """Show what `read` gives whenever somebody asks; None is left out. The last of a name counts.

    Any process may be asked: it must be able to say it for all, as out of a database.
    """
    if not name.startswith(PREFIX):
        raise ValueError(f"{name} does not begin with {PREFIX}")
    _GAUGES[name] = doc, read


_REQUESTS = counter("proofmark_requests", "Requests answered.", "endpoint", "method", "status")
_VERDICTS = counter("proofmark_verdicts", "Reports, with their worst code.", "verdict", "code")
_SECONDS = Times("proofmark_request_seconds", "Time to an answer.", ("endpoint",))


def count_verdict(report: Report) -> None:
    """Count a report by its verdict and its worst code, `none` for one without."""
    verdict = report.verdict
    codes = () if verdict is Verdict.ACCEPT else report.codes
    _VERDICTS.count(str(verdict), str(codes[0]) if codes else NONE)


@dataclass(frozen=True, slots=True)
class Counted:
    """A verifier whose reports are counted, whoever asked for them."""

    inner: Verifies

    def verify(
        self, text: str, *, at: int, question: Question = EMPTY, remember: bool = True
    ) -> Report:
        """The report of the verifier within."""
        report = self.inner.verify(text, at=at, question=question, remember=remember)
        count_verdict(report)
        return report


def measure(app: Flask) -> None:
    """Count and time each request of `app` by its endpoint; `g.began` says when it began."""

    @app.after_request
    def count(response: Response) -> Response:
        endpoint = request.endpoint or NONE
        method = request.method if request.method in _METHODS else "other"
        _REQUESTS.count(endpoint, method, str(response.status_code))
        _SECONDS.took(perf_counter() - g.began, endpoint)
        return response


def metrics_routes(settings: Settings) -> Blueprint:
    """`/metrics`, for those who may ask; to others it does not exist."""
    routes = Blueprint("metrics", __name__)
    networks = [ip_network(text) for text in settings.metrics_from]

    @routes.get("/metrics")
    def metrics() -> Response:
        if not any(address in network for address in _peer() for network in networks):
            raise Problem("NOT_FOUND")
        answer = Response(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return routes


def _peer() -> list[Any]:
    """The address of who is connected, unless as a proxy for somebody else."""
    if any(name in request.headers for name in _FORWARDED):
        return []
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return []
    inner = getattr(found, "ipv4_mapped", None)
    return [inner or found]


def exposition() -> bytes:
    """Everything counted by all processes, and every gauge as it is now."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    for one in _COUNTERS.values():
        if not one.labels:  # what never happened is shown as 0
            one.count(by=0)
    counted = _registry()
    if folder := os.environ.get(FOLDER_VARIABLE):
        counted = CollectorRegistry()
        MultiProcessCollector(counted, folder)  # type: ignore[no-untyped-call]  # has no types
    states = []
    for name, (doc, read) in _GAUGES.items():
        if (value := read()) is not None:
            states.append(f"# HELP {name} {doc}\n# TYPE {name} gauge\n{name} {float(value)}\n")
    return generate_latest(counted) + "".join(states).encode()


@cache
def _registry() -> Any:
    from prometheus_client import CollectorRegistry

    return CollectorRegistry()


@cache
def _made(one: _Family) -> Any:
    from prometheus_client import Counter as Counting
    from prometheus_client import Histogram

    if isinstance(one, Times):
        return Histogram(one.name, one.doc, one.labels, buckets=BUCKETS_S, registry=_registry())
    return Counting(one.name, one.doc, one.labels, registry=_registry())


@contextmanager
def shared_by_processes(parent: Path | None = None) -> Iterator[Path]:
    """Count into a fresh folder below `parent`, for this process and all that it forks.

    It is wiped when this process leaves, not when a forked one does. Raises RuntimeError where the
    library was imported before, for then each process would keep its numbers to itself.
    """
    if "prometheus_client" in sys.modules:
        raise RuntimeError("something was counted before the processes had a folder to share")
    folder, owner = Path(mkdtemp(prefix="proofmark-metrics-", dir=parent)), os.getpid()
    os.environ[FOLDER_VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        if os.getpid() == owner:
            rmtree(folder, ignore_errors=True)


def forget_process(pid: int) -> None:
    """A process has ended: what it counted stays, what it was doing does not."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)  # type: ignore[no-untyped-call]  # has no types
