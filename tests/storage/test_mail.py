"""Mail: what arrives at a mail server, what never leaves without TLS, and what goes wrong."""

import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from service.domain.notice import Undelivered
from service.storage.mail import MAX_TOGETHER, Mailer, MailServer, mail_server, written
from service.storage.messages import Message
from service.storage.subscriptions import MAIL, Subscription
from tests.storage.hosts import Authority
from tests.storage.postbox import Mail, Postbox, postbox

AT = 1_781_524_800  # 2026-06-15T12:00:00Z
CB = "https://cb-a.example"
FROM, TO = "notices@cb-a.example", "ada@cb-a.example"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def box(authority: Authority) -> Iterator[Postbox]:
    with postbox(authority.server("localhost")) as started:
        yield started


@pytest.fixture
def plain_box() -> Iterator[Postbox]:
    with postbox() as started:
        yield started


def mailer(authority: Authority, box: Postbox, host: str = "localhost", **more: Any) -> Mailer:
    server = MailServer(host, box.port, box.implicit, **more)
    return Mailer(server, FROM, tls=authority.context, timeout_s=0.5)


def receiver(address: str = TO) -> Subscription:
    return Subscription(CB, MAIL, address, frozenset({"surveillance_due"}), AT)


def message(subject: str = "Surveillance due", text: str = "Please.", fact: str = "1") -> Message:
    return Message(
        CB, receiver().id, "surveillance_due", subject, text, {}, fact, created_at=AT,
        next_try_at=AT,
    )  # fmt: skip


def read(mail: Mail) -> EmailMessage:
    found = message_from_bytes(mail.content.replace(b"\r\n", b"\n"), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def refused(mailer: Mailer, *some: Message, to: str = TO) -> Undelivered:
    with pytest.raises(Undelivered) as undelivered:
        mailer.send(receiver(to), some or [message()], at=AT)
    return undelivered.value


def test_a_notice_arrives_as_an_e_mail_after_tls_and_log_in(
    authority: Authority, box: Postbox
) -> None:
    box.login = ("proofmark", "sesame")
    sending = mailer(authority, box, user="proofmark", password="sesame")

    sending.send(receiver(), [message()], at=AT)
    sending.close()

    (mail,) = box.mails
    assert (mail.sender, mail.receivers, mail.secured, mail.user) == (
        FROM,
        (TO,),
        True,
        "proofmark",
    )
    found = read(mail)
    assert found["From"] == f"Proofmark <{FROM}>"
    assert found["To"] == TO
    assert found["Subject"] == "Surveillance due"
    assert found["Date"] == "Mon, 15 Jun 2026 12:00:00 +0000"
    assert found["Message-ID"] == f"<{message().id}@cb-a.example>"
    assert found["X-Proofmark-Notice"] == message().id
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content() == "Please.\n"
    assert box.commands[:3] == ["EHLO", "STARTTLS", "EHLO"]
    assert box.commands[-1] == "QUIT"


def test_a_server_that_speaks_tls_at_once_is_spoken_to_so(authority: Authority) -> None:
    with postbox(authority.server("localhost"), implicit=True) as box:
        sending = mailer(authority, box)
        sending.send(receiver(), [message()], at=AT)
        sending.close()

    assert [mail.secured for mail in box.mails] == [True]
    assert "STARTTLS" not in box.commands


def test_a_run_is_one_connection_and_the_next_run_another(
    authority: Authority, box: Postbox
) -> None:
    sending = mailer(authority, box)
    for fact in ("1", "2"):
        sending.send(receiver(), [message(fact=fact)], at=AT)
    assert (len(box.mails), box.connections) == (2, 1)

    sending.close()
    sending.send(receiver(), [message(fact="3")], at=AT)
    sending.close()

    assert (len(box.mails), box.connections) == (3, 2)


def test_notices_that_are_due_together_are_one_e_mail(authority: Authority, box: Postbox) -> None:
    some = [message(f"Subject {n}", f"Text {n}.", str(n)) for n in range(MAX_TOGETHER)]
    sending = mailer(authority, box)

    sending.send(receiver(), some, at=AT)
    sending.close()

    (mail,) = box.mails
    found = read(mail)
    assert found["Subject"] == "Subject 0 (and 49 more)"
    assert found["X-Proofmark-Notice"].split() == [one.id for one in some]
    assert all(f"Subject {n}\n" in found.get_content() for n in range(MAX_TOGETHER))
    assert all(f"Text {n}.\n" in found.get_content() for n in range(MAX_TOGETHER))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_no_name_brings_a_header_of_its_own(authority: Authority, box: Postbox, end: str) -> None:
    sending = mailer(authority, box)

    sending.send(receiver(), [message(f"Due{end}Bcc: eve@evil.example{end}{end}Hi")], at=AT)
    sending.close()

    (mail,) = box.mails
    found = read(mail)
    assert mail.receivers == (TO,)
    assert found["Bcc"] is None
    assert "[U+" in found["Subject"]
    assert found.get_content() == "Please.\n"


def test_a_text_cannot_end_the_e_mail_and_begin_a_command(
    authority: Authority, box: Postbox
) -> None:
    text = "One\n.\nMAIL FROM:<eve@evil.example>\nFrom here\r.\rtwo"
    sending = mailer(authority, box)

    sending.send(receiver(), [message(text=text)], at=AT)
    sending.close()

    (mail,) = box.mails
    assert read(mail).get_content() == f"{text.replace(chr(13), '[U+000D]')}\n"
    assert box.commands.count("MAIL") == 1


def test_every_script_arrives(authority: Authority, box: Postbox) -> None:
    subject = "Überwachung fällig: 東京ベアリング株式会社 " + "é" * 120
    sending = mailer(authority, box)

    sending.send(receiver(), [message(subject, "Ångström, 株式会社")], at=AT)
    sending.close()

    (mail,) = box.mails
    assert read(mail)["Subject"] == subject
    assert read(mail).get_content() == "Ångström, 株式会社\n"
    assert mail.content.isascii()
    assert max(map(len, mail.content.splitlines())) <= 998


def test_a_server_elsewhere_that_has_no_tls_is_told_nothing(authority: Authority) -> None:
    with postbox(host="127.0.0.2") as box:
        box.login = ("proofmark", "sesame")
        sending = mailer(authority, box, "127.0.0.2", user="proofmark", password="sesame")
        assert refused(sending).code == "MAIL_NOT_SECURE"
        sending.close()

    assert box.commands == ["EHLO"]


def test_a_server_on_this_machine_may_be_without_tls(
    authority: Authority, plain_box: Postbox
) -> None:
    sending = mailer(authority, plain_box, "127.0.0.1")
    sending.send(receiver(), [message()], at=AT)
    sending.close()

    assert [mail.secured for mail in plain_box.mails] == [False]


def test_a_server_with_another_name_is_told_nothing(authority: Authority) -> None:
    with postbox(authority.server("other.example")) as box:
        trouble = refused(mailer(authority, box))

    assert (trouble.code, trouble.unreachable) == ("MAIL_UNREACHABLE", True)
    assert box.mails == []


def test_a_wrong_password_is_said_as_such(authority: Authority, box: Postbox) -> None:
    box.login = ("proofmark", "sesame")

    trouble = refused(mailer(authority, box, user="proofmark", password="wrong"))

    assert (trouble.code, trouble.unreachable) == ("MAIL_LOGIN_REFUSED", True)
    assert box.mails == []


def test_one_mailbox_that_is_refused_does_not_stop_the_next(
    authority: Authority, box: Postbox
) -> None:
    box.unknown = {"gone@cb-a.example": 550}
    sending = mailer(authority, box)

    trouble = refused(sending, to="gone@cb-a.example")
    sending.send(receiver(), [message()], at=AT)
    sending.close()

    assert (trouble.code, trouble.unreachable) == ("MAIL_REFUSED", False)
    assert [mail.receivers for mail in box.mails] == [(TO,)]
    assert box.connections == 1


def test_a_server_that_hangs_up_is_left_for_this_run(authority: Authority, box: Postbox) -> None:
    box.unknown = {TO: 421}
    sending = mailer(authority, box)

    assert refused(sending).code == "MAIL_REFUSED"
    trouble = refused(sending, to="bea@cb-a.example")

    assert (trouble.code, trouble.unreachable) == ("MAIL_UNREACHABLE", True)
    assert box.connections == 1
    sending.close()
    sending.send(receiver("bea@cb-a.example"), [message()], at=AT)
    sending.close()
    assert len(box.mails) == 1


def test_a_server_that_says_nothing_is_waited_for_once(authority: Authority, box: Postbox) -> None:
    box.silent = True
    sending = mailer(authority, box)
    began = time.monotonic()

    codes = [refused(sending).code for _ in range(5)]

    assert codes == ["MAIL_UNREACHABLE"] * 5
    assert 0.4 < time.monotonic() - began < 2
    assert box.connections == 1


def test_a_server_that_is_not_there_is_unreachable(authority: Authority) -> None:
    with postbox() as box:
        pass

    trouble = refused(mailer(authority, box, "127.0.0.1"))

    assert (trouble.code, trouble.unreachable) == ("MAIL_UNREACHABLE", True)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 587, False)),
        ("smtp://mail.example:25", ("mail.example", 25, False)),
        ("smtps://mail.example/", ("mail.example", 465, True)),
    ],
)
def test_a_mail_server_is_read(address: str, expected: tuple[str, int, bool]) -> None:
    server = mail_server(address)

    assert (server.host, server.port, server.implicit_tls) == expected
    assert (server.user, server.password) == (None, None)


def test_the_password_is_the_line_of_a_file_and_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("ses ame \n")

    server = mail_server("smtp://ada%40cb-a.example@mail.example:587", file)

    assert (server.user, server.password) == ("ada@cb-a.example", "ses ame ")
    assert "ses ame" not in repr(server)


@pytest.mark.parametrize(
    "address",
    [
        "", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port",
        "smtp://mail.example/box", "smtp://mail.example?tls=no", "smtp://ada:sesame@mail.example",
        "smtp://ada@mail.example", "smtp://[::1",
    ],
)  # fmt: skip
def test_what_is_no_mail_server_is_refused_without_being_quoted(address: str) -> None:
    with pytest.raises(ValueError, match="mail server") as refusal:
        mail_server(address)

    assert "sesame" not in str(refusal.value)


@pytest.mark.parametrize("address", ["", "ada", "Ada <ada@cb-a.example>", "ada@cb-a.example\n"])
def test_mail_goes_to_and_from_plain_addresses_only(address: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        written(FROM, address, [message()], at=AT)
    with pytest.raises(ValueError, match="mail address"):
        Mailer(MailServer("localhost", 25, False), address)
