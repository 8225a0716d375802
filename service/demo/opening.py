"""The office of the example world: its register, its evidence folder, and keys made from seeds.

    register.db      the register of the bodies of this world
    bundle/          what they have published, and what others have written

The register names where each key rests, as everywhere; here that is a seed, so no key is on disk.
"""

from pathlib import Path

from keys.signer import Signer
from service.demo.bodies import ORIGIN
from service.demo.cast import BODIES
from service.domain.refusal import Denied
from service.registry.office import Office
from service.storage.bundle import write_anchors
from service.storage.database import Database
from service.storage.migrating import upgrade
from service.storage.published import Published, prepare_folder

REGISTER, BUNDLE = "register.db", "bundle"


def make_office(folder: Path) -> Office:
    """A new register in a folder that has none. Raises OSError and StorageFailed."""
    prepare_folder(folder / BUNDLE, ORIGIN)
    pinned = [
        {
            "id": body.id,
            "name": body.name,
            "kind": "voluntary_mra",
            "jwks": {"keys": [body.signer("federation").public_jwk()]},
        }
        for body in BODIES.values()
        if body.pinned
    ]
    write_anchors(folder / BUNDLE, {"anchors": pinned})
    office = open_office(folder)
    upgrade(office.database)
    return office


def open_office(folder: Path) -> Office:
    """The office of the world in `folder`; nothing is started yet.

    Raises BundleRefused where there is no world.
    """
    database = Database(f"sqlite:///{(folder / REGISTER).resolve()}")
    # Each issue looks at the statements as they are, also a moment after they were published.
    evidence = Published(folder / BUNDLE, ORIGIN, look_every_s=0)
    return Office(database, evidence, _open_signer, base=ORIGIN)


def _open_signer(reference: str) -> Signer:
    """The key that a reference of ours means. Raises Denied for one that is not."""
    world, _, rest = reference.partition(":")
    key, _, purpose = rest.partition(":")
    if world != "demo" or key not in BODIES or purpose not in BODIES[key].purposes:
        raise Denied("KEY_ELSEWHERE", "No key is at hand here.")
    return BODIES[key].signer(purpose)
