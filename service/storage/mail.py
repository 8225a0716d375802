"""Mail: notices as e-mails through one SMTP server, over one connection for a run (RFC 5321).

Nothing leaves in the clear: `smtps://` speaks TLS from the first byte, `smtp://` turns it on before
anything else (STARTTLS, RFC 3207) and gives up where the server has none; only a server on this
very machine may be without. What strangers have written stands in no header unencoded, and on no
line of its own (security.md R15, W05).
"""

import smtplib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from service.domain.notice import Undelivered, is_mail_address
from service.domain.text import clean
from service.storage.fetch import trusted
from service.storage.messages import Message
from service.storage.subscriptions import Subscription

# Seconds for each answer of the server.
TIMEOUT_S = 10.0
# One e-mail carries what is due for one address: a morning's notices, not a mailbox full of them.
MAX_TOGETHER = 50
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_FORM = "a mail server is smtp://[user@]host[:port], or smtps:// where it speaks TLS at once"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; `password` goes with `user`."""

    host: str
    port: int
    implicit_tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def may_be_plain(self) -> bool:
        """Whether the server is on this machine, so that nobody can listen."""
        return self.host in _LOOPBACK


def mail_server(address: str, password_file: Path | None = None) -> MailServer:
    """The server of `smtp://user@host:587`, its password the only line of a file.

    Raises ValueError for any other text and for a user without password; OSError for the file.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ValueError(_FORM) from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(_FORM)
    if parts.password is not None:
        raise ValueError("the password of a mail server rests in a file")
    user = unquote(parts.username) if parts.username else None
    if (user is None) != (password_file is None):
        raise ValueError("a mail server has a user and the file of a password, or neither")
    password = password_file.read_text("utf-8").removesuffix("\n") if password_file else None
    return MailServer(
        parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "smtps", user, password
    )


class Mailer:
    """Sends notices as e-mails from one address, over a connection that is opened when needed.

    After the server could not be reached nothing more is tried until `close`.
    """

    together = MAX_TOGETHER

    def __init__(
        self, server: MailServer, sender: str, *, tls: Callable[[], Any] = trusted,
        timeout_s: float = TIMEOUT_S,
    ) -> None:  # fmt: skip
        """`tls` gives the TLS settings. Raises ValueError for a sender that is no mail address."""
        if not is_mail_address(sender):
            raise ValueError("mail is sent from a mail address")
        self._server = server
        self._sender = sender
        self._tls = tls
        self._timeout_s = timeout_s
        self._smtp: smtplib.SMTP | None = None
        self._away: str | None = None

    def send(self, to: Subscription, some: Sequence[Message], *, at: int) -> None:
        """One e-mail with these messages, dated `at`. Raises Undelivered."""
        if self._away is not None:
            raise Undelivered(self._away, unreachable=True)
        content = written(self._sender, to.address, some, at=at).as_bytes()
        smtp = self._connected()
        try:
            smtp.sendmail(self._sender, [to.address], content)
        except smtplib.SMTPResponseException as refused:
            self._after(smtp, refused.smtp_code)
            raise Undelivered("MAIL_REFUSED") from None
        except smtplib.SMTPRecipientsRefused as refused:
            self._after(smtp, max(code for code, _ in refused.recipients.values()))
            raise Undelivered("MAIL_REFUSED") from None
        except (OSError, ValueError):
            raise self._gone("MAIL_UNREACHABLE") from None

    def close(self) -> None:
        """Say good-bye; the next `send` connects anew."""
        smtp, self._smtp, self._away = self._smtp, None, None
        if smtp is not None:
            with suppress(OSError):
                smtp.quit()
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = self._open()
                self._greet(self._smtp)
            except smtplib.SMTPAuthenticationError:
                raise self._gone("MAIL_LOGIN_REFUSED") from None
            except smtplib.SMTPNotSupportedError:
                raise self._gone("MAIL_NOT_SECURE") from None
            except (OSError, ValueError):
                raise self._gone("MAIL_UNREACHABLE") from None
        return self._smtp

    def _open(self) -> smtplib.SMTP:
        server = self._server
        # Named, for smtplib would else ask for the name of this machine, which nobody answers.
        more: dict[str, Any] = {
            "timeout": self._timeout_s, "local_hostname": self._sender.partition("@")[2],
        }  # fmt: skip
        if server.implicit_tls:
            return smtplib.SMTP_SSL(server.host, server.port, context=self._tls(), **more)
        return smtplib.SMTP(server.host, server.port, **more)

    def _greet(self, smtp: smtplib.SMTP) -> None:
        server = self._server
        smtp.ehlo_or_helo_if_needed()
        if not server.implicit_tls and not (server.may_be_plain and not smtp.has_extn("starttls")):
            smtp.starttls(context=self._tls())
            smtp.ehlo()
        if server.user is not None and server.password is not None:
            smtp.login(server.user, server.password)

    def _after(self, smtp: smtplib.SMTP, code: int) -> None:
        """421: the server hangs up. After any other answer it takes the next message."""
        if code == 421:
            self._drop(smtp)
            self._away = "MAIL_UNREACHABLE"

    def _gone(self, code: str) -> Undelivered:
        if self._smtp is not None:
            self._drop(self._smtp)
        self._away = code
        return Undelivered(code, unreachable=True)

    def _drop(self, smtp: smtplib.SMTP) -> None:
        smtp.close()
        self._smtp = None


def written(sender: str, to: str, some: Sequence[Message], *, at: int) -> EmailMessage:
    """The e-mail with these messages, named after the first of them, dated `at`.

    Raises ValueError for a receiver that is no mail address.
    """
    if not is_mail_address(to):
        raise ValueError("mail is sent to a mail address")
    first = some[0]
    more = len(some) - 1
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Proofmark", addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = clean(first.subject) + (f" (and {more} more)" if more else "")
    mail["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    mail["Message-ID"] = f"<{first.id}@{sender.partition('@')[2]}>"
    mail["X-Proofmark-Notice"] = " ".join(one.id for one in some)
    # RFC 3834: no holiday answers, please.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join(_part(one, len(some)) for one in some), cte="quoted-printable")
    return mail


def _part(one: Message, parts: int) -> str:
    text = "\n".join(clean(line) for line in one.text.split("\n"))
    return text if parts == 1 else f"{clean(one.subject)}\n{'-' * 40}\n{text}"
