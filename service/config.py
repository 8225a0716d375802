"""Settings: read once from the environment and one TOML file, checked, and then frozen.

Every setting is a row with its default and one line that says what it is; `docs/configuration.md`
is generated from the same rows. The environment (`PROOFMARK_PORT=8080`) wins over the file that
`PROOFMARK_CONFIG` names (`port = 8080`). What is not a setting is refused by its name.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "PROOFMARK_"
# Ours, and no settings: the file itself, the folder of `proofmark verify`, what opens key files
# (never kept in settings), and the switch of the test suite's browser.
_NOT_SETTINGS = frozenset(
    (
        "BUNDLE CONFIG KEY_PASSPHRASE KEY_PASSPHRASE_FILE PKCS11_MODULE PKCS11_PIN "
        "PKCS11_PIN_FILE REQUIRE_BROWSER REQUIRE_HSM REQUIRE_NGINX REQUIRE_POSTGRES"
    ).split()
)
_LOOPBACK = ("localhost", "127.0.0.1")


class SettingRefused(ValueError):
    """The service must not start: `code` is UNKNOWN_SETTING, BAD_SETTING or DEBUG_IN_PRODUCTION."""

    def __init__(self, code: str, name: str, why: str) -> None:
        super().__init__(f"{code}: {name}: {why}")
        self.code = code
        self.name = name


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("is a text")
    return value


def _path(value: object) -> Path:
    return Path(_text(value))


def _whole(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if type(value) is not int or value < 0:
        raise ValueError("is a whole number")
    return value


def _yes_no(value: object) -> bool:
    known = {True: True, False: False, "true": True, "false": False}
    if not isinstance(value, bool | str) or value not in known:
        raise ValueError("is true or false")
    return known[value]


def _texts(value: object) -> tuple[str, ...]:
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise ValueError("is a list of texts, comma-separated in the environment")
    return tuple(_text(part) for part in parts)


def _log_format(value: object) -> str:
    if value not in ("text", "json"):
        raise ValueError("is text or json")
    return str(value)


def _networks(value: object) -> tuple[str, ...]:
    return tuple(str(ip_network(text)) for text in _texts(value))


def _is(doc: str, read: Callable[[object], Any]) -> Mapping[str, Any]:
    return {"doc": doc, "read": read}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one service runs. Sizes in bytes, times in seconds."""

    base_url: str = field(
        default="http://127.0.0.1:8000",
        metadata=_is("Public address of this service, for links and codes.", _text),
    )
    trusted_hosts: tuple[str, ...] = field(
        default=(), metadata=_is("Further host names that requests may be addressed to.", _texts)
    )
    entity_base: str | None = field(
        default=None,
        metadata=_is(
            "What the ids of the bodies hosted here begin with; `base_url` if not set.", _text
        ),
    )
    evidence: Path = field(
        default=Path("evidence"),
        metadata=_is("Folder with anchors, statements, status lists and records.", _path),
    )
    database: str | None = field(
        default=None,
        repr=False,  # it may hold a password
        metadata=_is(
            "The register: `sqlite:///register.db` or `postgresql://…`; `DATABASE_URL` is read "
            "too. Without it this service only verifies.",
            _text,
        ),
    )
    key_folder: Path = field(
        default=Path("secrets"),
        metadata=_is("Folder for the encrypted key files of bodies hosted here.", _path),
    )
    publisher: bool = field(
        default=True,
        metadata=_is("Whether `serve` also publishes; false where `publish` runs apart.", _yes_no),
    )
    state_file: Path | None = field(
        default=None,
        metadata=_is(
            "Where the verifier remembers; `state.json` in the evidence folder if not set.", _path
        ),
    )
    bind: str = field(default="127.0.0.1", metadata=_is("Address to listen on.", _text))
    port: int = field(default=8000, metadata=_is("Port to listen on.", _whole))
    workers: int = field(
        default=0, metadata=_is("Processes; 0 takes one per core, two at most.", _whole)
    )
    threads: int = field(default=4, metadata=_is("Threads in each process.", _whole))
    proxy_hops: int = field(
        default=0, metadata=_is("Trusted proxies in front; 0 ignores X-Forwarded headers.", _whole)
    )
    max_body_bytes: int = field(default=64 << 10, metadata=_is("Largest request body.", _whole))
    max_upload_bytes: int = field(
        default=(10 << 20) + (64 << 10),
        metadata=_is("Largest upload request: a file of 10 MiB and its form.", _whole),
    )
    max_form_parts: int = field(
        default=40, metadata=_is("Most fields and files in one form.", _whole)
    )
    verify_per_minute: int = field(
        default=600, metadata=_is("Checks that one address may ask for; 0 for any number.", _whole)
    )
    look_up_per_minute: int = field(
        default=60,
        metadata=_is("Look-ups by number or name for one address; 0 for any number.", _whole),
    )
    sign_in_per_minute: int = field(
        default=30, metadata=_is("Tries to sign in for one address; 0 for any number.", _whole)
    )
    report_per_minute: int = field(
        default=5, metadata=_is("Suspicions that one address may report; 0 for any number.", _whole)
    )
    request_timeout_s: int = field(
        default=30, metadata=_is("A process silent for so long is replaced.", _whole)
    )
    shutdown_s: int = field(
        default=15, metadata=_is("How long running requests may take at shutdown.", _whole)
    )
    access_log: bool = field(
        default=True, metadata=_is("Whether to log one line per request.", _yes_no)
    )
    log_format: str = field(
        default="text",
        metadata=_is("`text`, or `json` for one JSON object a line.", _log_format),
    )
    metrics_from: tuple[str, ...] = field(
        default=("127.0.0.1", "::1"),
        metadata=_is("Addresses and networks that may read `/metrics`, directly.", _networks),
    )
    mail_server: str | None = field(
        default=None,
        metadata=_is(
            "Where notices are handed in: `smtp://user@host`, `smtps://…`; without it no mail "
            "is sent.",
            _text,
        ),
    )
    mail_from: str | None = field(
        default=None, metadata=_is("The address that mail is sent from; with `mail_server`.", _text)
    )
    mail_password_file: Path | None = field(
        default=None, metadata=_is("File with the password of the mail server's user.", _path)
    )
    production: bool = field(
        default=True, metadata=_is("False only on a developer's machine.", _yes_no)
    )
    debug: bool = field(
        default=False, metadata=_is("Show faults in the browser; refused in production.", _yes_no)
    )

    def __post_init__(self) -> None:
        for name in ("base_url", "entity_base"):
            if (url := getattr(self, name)) is not None and not _is_origin(url):
                raise SettingRefused("BAD_SETTING", name, "is http(s)://host, perhaps with a port")
        if self.port > 65_535:
            raise SettingRefused("BAD_SETTING", "port", "is at most 65535")
        if (self.mail_server is None) != (self.mail_from is None):
            raise SettingRefused("BAD_SETTING", "mail_server, mail_from", "are set together")
        if self.threads < 1 or self.max_form_parts < 1:
            raise SettingRefused("BAD_SETTING", "threads, max_form_parts", "are at least 1")
        if self.debug and self.production:
            raise SettingRefused("DEBUG_IN_PRODUCTION", "debug", "debug mode is on")

    @property
    def secure(self) -> bool:
        """Whether readers reach this service by https."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """The host name of the public address, without port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def address(self) -> str:
        """The public address as people write it: host, and the port if it is not the usual one."""
        return urlsplit(self.base_url).netloc

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host name that a request may be addressed to."""
        local = _LOOPBACK if self.host in _LOOPBACK else ()
        return tuple(dict.fromkeys((self.host, *self.trusted_hosts, *local)))

    @property
    def entities(self) -> str:
        """What the ids of the bodies hosted here begin with."""
        return self.entity_base or self.base_url

    @property
    def worker_count(self) -> int:
        """Processes to start."""
        return self.workers or min(2, os.cpu_count() or 1)


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(host)
        and url == f"{parts.scheme}://{parts.netloc.lower()}"
        and "@" not in parts.netloc
    )


ROWS: Mapping[str, Any] = {row.name: row for row in fields(Settings)}


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment such as `os.environ`. Raises SettingRefused."""
    named: dict[str, object] = {}
    if address := environ.get("DATABASE_URL"):
        named["database"] = address
    if file := environ.get(f"{PREFIX}CONFIG"):
        try:
            named.update(tomllib.loads(Path(file).read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise SettingRefused("BAD_SETTING", "PROOFMARK_CONFIG", str(error)) from None
    for variable, value in environ.items():
        name = variable.removeprefix(PREFIX)
        if name != variable and name not in _NOT_SETTINGS:
            named[name.lower()] = value
    return Settings(**{name: _read(name, value) for name, value in named.items()})


def _read(name: str, value: object) -> Any:
    if name not in ROWS:
        raise SettingRefused("UNKNOWN_SETTING", name, "there is no such setting")
    try:
        return ROWS[name].metadata["read"](value)
    except ValueError as error:
        raise SettingRefused("BAD_SETTING", name, str(error)) from None


def settings_table() -> str:
    """The settings as a Markdown table: what `docs/configuration.md` shows."""
    lines = ["| setting | environment | default | what it is |", "|---|---|---|---|"]
    for name, row in ROWS.items():
        default = ", ".join(row.default) if isinstance(row.default, tuple) else row.default
        default = str(default).lower() if isinstance(default, bool) else default
        shown = "" if default in (None, "") else f"`{default}`"
        lines.append(f"| `{name}` | `{PREFIX}{name.upper()}` | {shown} | {row.metadata['doc']} |")
    return "\n".join(lines)
