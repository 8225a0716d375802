"""Forgeries and impostors of the plan: what should convince nobody."""

from service.demo.firms import BREVENT, DUNHOLT, FJELLVIK, HARROW, KOWHAI, PINEHOLLOW, SAFFRONVALE
from service.demo.papers import REJECT, Made, Paper, Story, product, system

FRAUDS: tuple[Paper, ...] = (
    system(
        "alderway", "ALD-0301", HARROW,
        Story("altered", "Another firm's name written over the holder's: the seal is broken.",
              REJECT, ("SIGNATURE_INVALID",)),
        decided=-410, altered={"holder": PINEHOLLOW.holder},
    ),
    product(
        "pellworth", "PEL-0301", SAFFRONVALE,
        Story("altered-model", "One more model squeezed into a genuine certificate.",
              REJECT, ("SIGNATURE_INVALID",), {"model": "S9"}),
        brand="Saffronvale", models=["S1"],
        altered={"product": {"brand": "Saffronvale", "models": ["S1", "S9"],
                             "factories": ["Mandarpur"],
                             "scheme": {"id": "CABLE-5", "type": "5"}}},
    ),
    system(
        "alderway", "ALD-0302", SAFFRONVALE,
        Story("foreign-key", "In one certifier's name, signed with another one's key.",
              REJECT, ("KEY_UNKNOWN",)),
        made=Made.FORGED, signed_by="pellworth",
    ),
    system(
        "hollowby", "HB-1", BREVENT,
        Story("unknown-body", "Signed by a body that nobody has ever heard of.",
              REJECT, ("ISSUER_UNKNOWN",)),
        made=Made.FORGED,
    ),
    system(
        "crestholm", "CRH-5001", DUNHOLT,
        Story("look-alike", "Accredited by “Northlands”, which is not Northland.",
              REJECT, ("AB_NOT_RECOGNISED", "LOOKALIKE_NAME")),
        made=Made.FORGED,
    ),
    system(
        "crestholm", "CRH-5002", FJELLVIK,
        Story("borrowed-accreditation", "Claims an accreditation that Northland never gave it.",
              REJECT, ("CB_NOT_ACCREDITED",)),
        made=Made.FORGED, claim="alderway",
    ),
    system(
        "brightwax", "BW-900", KOWHAI,
        Story("own-arrangement", "A mill that brings an arrangement of its own along.",
              REJECT, ("CHAIN_ANCHOR_NOT_TRUSTED",)),
        made=Made.FORGED,
    ),
    system(
        "alderway", "ALD-0390", FJELLVIK,
        Story("not-registered", "Signed in order, but the certifier's register has no such paper.",
              REJECT, ("NOT_ON_REGISTER",)),
        made=Made.FORGED,
    ),
    system(
        "alderway", "ALD-0131", PINEHOLLOW,
        Story("other-text", "Its number is in the register, with a different text.",
              REJECT, ("REGISTER_MISMATCH",)),
        made=Made.FORGED,
    ),
)  # fmt: skip
