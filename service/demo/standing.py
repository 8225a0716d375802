"""Certificates of the plan whose answer hangs on their certifier, or on those above it."""

from service.demo.firms import (
    BRACKWATER,
    DUNHOLT,
    HARROW,
    KOWHAI,
    LIGHTHOUSE,
    PINEHOLLOW,
    QUIETWATER,
    THORNMERE,
    TIDEWELL,
)
from service.demo.papers import (
    CANNOT,
    NOT_FOR,
    REJECT,
    WARN,
    Made,
    Paper,
    Story,
    product,
    system,
)

STANDING: tuple[Paper, ...] = (
    system(
        "quillmoor", "QUI-310", DUNHOLT,
        Story("body-suspended", "Decided before its certifier was suspended: it stands.",
              WARN, ("ACCREDITATION_SUSPENDED",)),
    ),
    system(
        "quillmoor", "QUI-344", HARROW,
        Story("while-suspended", "Decided when its certifier was not allowed to.",
              REJECT, ("ISSUED_WHILE_SUSPENDED",)),
        made=Made.CARELESS, decided=-30, checks=(),
    ),
    system(
        "wexcombe", "WEX-0092", PINEHOLLOW,
        Story("body-ended", "Its certifier lost its accreditation; six months to move.",
              WARN, ("ACCREDITATION_ENDED_TRANSFER_BY",)),
    ),
    system(
        "vellanby", "VEL-551", PINEHOLLOW,
        Story("body-long-ended", "Its certifier left long ago, and it was not moved in time.",
              REJECT, ("ACCREDITATION_ENDED",)),
    ),
    system(
        "vellanby", "VEL-587", DUNHOLT,
        Story("after-the-end", "Decided after its certifier had given up its accreditation.",
              REJECT, ("ISSUED_AFTER_ACCREDITATION_ENDED",)),
        made=Made.CARELESS, decided=-100, checks=(),
    ),
    system(
        "alderway", "ALD-0201", QUIETWATER,
        Story("out-of-scope", "A clinic, certified by a body accredited for metal and cables.",
              REJECT, ("OUT_OF_ACCREDITED_SCOPE",)),
        made=Made.CARELESS,
    ),
    system(
        "alderway", "ALD-0202", LIGHTHOUSE,
        Story("partly", "Two fields of work, only one of them accredited.",
              WARN, ("PARTLY_ACCREDITED",)),
        made=Made.CARELESS, codes=(19, 38),
    ),
    product(
        "alderway", "ALD-0203", HARROW,
        Story("wrong-norm", "A product certificate from a body accredited for systems only.",
              REJECT, ("WRONG_ACCREDITATION_NORM",)),
        made=Made.CARELESS, brand="Harrow", models=["K5"],
    ),
    system(
        "alderway", "ALD-0204", TIDEWELL,
        Story("unaccredited", "Energy management, certified without any accreditation.",
              REJECT, ("UNACCREDITED",)),
        made=Made.CARELESS, standard="ISO 50001:2018", claim="",
    ),
    system(
        "alderway", "ALD-0205", DUNHOLT,
        Story("beside-accreditation", "No accreditation named, though the body has it for this.",
              REJECT, ("UNACCREDITED_INSIDE_SCOPE",)),
        made=Made.CARELESS, claim="",
    ),
    system(
        "alderway", "ALD-0206", TIDEWELL,
        Story("main-scope", "Recognised for management systems, but not for ISO 22301.",
              WARN, ("MAIN_SCOPE_ONLY",)),
        standard="ISO 22301:2019",
    ),
    system(
        "waitaro", "WTR-2230", THORNMERE,
        Story("laboratory", "A laboratory “certified” to ISO/IEC 17025: nobody can be.",
              REJECT, ("STANDARD_IS_AN_ACCREDITATION_STANDARD",)),
        made=Made.CARELESS, standard="ISO/IEC 17025:2017",
    ),
    system(
        "waitaro", "WTR-2231", KOWHAI,
        Story("guidance", "A certificate to a guide that sets no requirements.",
              REJECT, ("STANDARD_KIND_MISMATCH",)),
        made=Made.CARELESS, standard="ISO 26000:2010",
    ),
    system(
        "waitaro", "WTR-2188", BRACKWATER,
        Story("recognition-suspended", "Decided in a month when its accreditor was suspended.",
              REJECT, ("AB_RECOGNITION_SUSPENDED",)),
        made=Made.CARELESS, decided=-315, checks=(),
    ),
    product(
        "rimutere", "RIM-018", KOWHAI,
        Story("not-for-this-kind", "Its accreditor is recognised for systems, not for products.",
              REJECT, ("AB_NOT_RECOGNISED_FOR_THIS_KIND",)),
        made=Made.CARELESS, brand="Kōwhai", models=["Rātā 40"],
    ),
    system(
        "fennbrook", "FEN-77", HARROW,
        Story("no-word", "Genuine, but its certifier cannot be reached.",
              CANNOT, ("STATUS_UNAVAILABLE",)),
        Story("no-word-no-product", "Out of reach or not: it would never approve a product.",
              NOT_FOR, ("MS_NOT_PRODUCT", "STATUS_UNAVAILABLE"), {"needs": "product"}),
    ),
    system(
        "fennbrook", "FEN-81", DUNHOLT,
        Story("old-word", "The last list is ten days old: it may have changed since.",
              CANNOT, ("STATUS_STALE",)),
        list_name="2",
    ),
    system(
        "merrowgate", "MER-410", LIGHTHOUSE,
        Story("papers-run-out", "The accreditor has not renewed its word about the certifier.",
              CANNOT, ("CHAIN_LINK_EXPIRED",)),
    ),
)  # fmt: skip
