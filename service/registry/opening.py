"""An office made ready: database, evidence folder and keychain, as the settings name them."""

from collections.abc import Mapping
from pathlib import Path

from keys.custody import Keychain, KeyUnusable, parse_reference
from keys.reference import InFile
from service.config import Settings
from service.domain.refusal import Denied, StorageFailed
from service.registry.delivery import Sender
from service.registry.office import Office
from service.registry.webhooks import Webhooks
from service.storage import body_keys, register
from service.storage.database import Database
from service.storage.fetch import Fetcher
from service.storage.mail import Mailer, mail_server
from service.storage.migrating import upgrade
from service.storage.published import Published, prepare_folder
from service.storage.subscriptions import MAIL, WEBHOOK


def open_office(settings: Settings, environ: Mapping[str, str]) -> Office:
    """The office of a service; nothing is started, and no key is opened yet.

    Raises StorageFailed NO_DATABASE, BundleRefused where the folder has no anchors, ValueError for
    an address that is none.
    """
    database = open_database(settings)
    # Each issue looks at the statements as they are: a suspension counts from its publication.
    evidence = Published(settings.evidence, settings.entities, look_every_s=0)
    signer = Keychain(environ).signer
    return Office(database, evidence, signer, base=settings.entities, site=settings.base_url)


def check_key_files(office: Office, *, at: int) -> None:
    """Every key file that is in use at `at` (POSIX seconds) is opened: better now than at work.

    Hardware modules and keys elsewhere are not asked: one body's outage is not everybody's. Raises
    Denied KEY_FILE_PERMISSIONS, KEY_FILE_LOCKED, KEY_UNKNOWN and so on, naming body and key.
    """
    for body in office.database.read(register.all_bodies):
        for key in office.database.read(lambda c, id=body.id: body_keys.of(c, id)):  # type: ignore[misc]
            if not any(key.usable(purpose, at) for purpose in key.purposes):
                continue
            if not isinstance(parse_reference(key.reference), InFile):
                continue
            try:
                office.open_signer(key.reference)
            except KeyUnusable as refused:
                raise Denied(
                    refused.code, f"The key {key.kid} of {body.id} cannot be used."
                ) from None


def open_database(settings: Settings) -> Database:
    """The register's database. Raises StorageFailed NO_DATABASE, ValueError."""
    if settings.database is None:
        raise StorageFailed("NO_DATABASE", "Set PROOFMARK_DATABASE, such as sqlite:///register.db.")
    return Database(settings.database)


def open_senders(settings: Settings, office: Office) -> Mapping[str, Sender]:
    """The channels of notices that are set up: webhooks always, mail with its settings.

    Raises ValueError for settings that cannot be, OSError for the file of the password.
    """
    senders: dict[str, Sender] = {WEBHOOK: Webhooks(office, Fetcher())}
    if settings.mail_server is not None and settings.mail_from is not None:
        server = mail_server(settings.mail_server, settings.mail_password_file)
        senders[MAIL] = Mailer(server, settings.mail_from)
    return senders


def prepare(settings: Settings) -> Database:
    """Folders and tables, made where they are missing; an existing register is left as it is."""
    prepare_folder(settings.evidence, settings.entities)
    settings.key_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings)
    if database.is_sqlite and database.url.database is not None:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    upgrade(database)
    return database
