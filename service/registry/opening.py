"""An office made ready: database, evidence folder and keychain, as the settings name them."""

from collections.abc import Mapping
from pathlib import Path

from keys.custody import Keychain
from service.config import Settings
from service.domain.refusal import StorageFailed
from service.registry.office import Office
from service.storage.database import Database
from service.storage.migrating import upgrade
from service.storage.published import Published, prepare_folder


def open_office(settings: Settings, environ: Mapping[str, str]) -> Office:
    """The office of a service; nothing is started, and no key is opened yet.

    Raises StorageFailed NO_DATABASE, BundleRefused where the folder has no anchors, ValueError for
    an address that is none.
    """
    database = open_database(settings)
    # Each issue looks at the statements as they are: a suspension counts from its publication.
    evidence = Published(settings.evidence, settings.entities, look_every_s=0)
    return Office(database, evidence, Keychain(environ).signer, base=settings.entities)


def open_database(settings: Settings) -> Database:
    """The register's database. Raises StorageFailed NO_DATABASE, ValueError."""
    if settings.database is None:
        raise StorageFailed("NO_DATABASE", "Set PROOFMARK_DATABASE, such as sqlite:///register.db.")
    return Database(settings.database)


def prepare(settings: Settings) -> Database:
    """Folders and tables, made where they are missing; an existing register is left as it is."""
    prepare_folder(settings.evidence, settings.entities)
    settings.key_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings)
    if database.is_sqlite and database.url.database is not None:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    upgrade(database)
    return database
