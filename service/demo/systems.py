"""Management-system certificates of the plan: what their own life and dates say of them."""

from service.demo.firms import (
    BRACKWATER,
    BREVENT,
    DUNHOLT,
    FJELLVIK,
    GRUENFELDER,
    HARROW,
    KOWHAI,
    LIGHTHOUSE,
    OASIS,
    SAFFRONVALE,
    TIDEWELL,
)
from service.demo.papers import (
    ACCEPT,
    NOT_FOR,
    REJECT,
    WARN,
    Event,
    Made,
    Origin,
    Paper,
    Story,
    system,
)

SYSTEMS: tuple[Paper, ...] = (
    system(
        "alderway", "ALD-0113", HARROW,
        Story("harrow-system", "A cable maker's ISO 9001 certificate, in good order.", ACCEPT),
        Story(
            "harrow-system-as-product",
            "A genuine ISO 9001 certificate offered as product approval.",
            NOT_FOR, ("MS_NOT_PRODUCT",), {"needs": "product", "model": "K7"},
        ),
        Story(
            "harrow-system-as-service", "The same certificate offered as proof of a service.",
            NOT_FOR, ("MS_NOT_SERVICE",), {"needs": "service"},
        ),
        Story(
            "harrow-other-standard", "ISO 9001, where the tender asks for ISO 14001.",
            NOT_FOR, ("STANDARD_NOT_THE_ONE_ASKED",), {"standard": "ISO 14001"},
        ),
    ),
    system(
        "alderway", "ALD-0131", GRUENFELDER,
        Story("sites", "One certificate for three sites; the asked one is named.", ACCEPT,
              ask={"site": "Oberlahn"}),
        sites=(
            GRUENFELDER.site,
            {"name": "Oberlahn", "country": "DE"},
            {"name": "Horní Lesná", "country": "CZ"},
        ),
    ),
    system(
        "waitaro", "WTR-2207", KOWHAI,
        Story("kowhai", "A New Zealand maker; its days end at midnight in Auckland.", ACCEPT),
    ),
    system(
        "alderway", "ALD-0140", LIGHTHOUSE,
        Story("ending-soon", "In force, with some forty days left.", ACCEPT,
              notes=("EXPIRING_SOON",)),
        decided=-1055, checks=(-715, -375, -60),
    ),
    system(
        "alderway", "ALD-0152", OASIS,
        Story("check-not-recorded", "The yearly check fell due last week; no word of it yet.",
              WARN, ("SURV_UNCONFIRMED",)),
        decided=-373, checks=(),
    ),
    system(
        "alderway", "ALD-0155", SAFFRONVALE,
        Story("check-missed", "Nobody came for the yearly check: no longer kept alive.",
              REJECT, ("SURV_OVERDUE",)),
        decided=-450, checks=(),
    ),
    system(
        "alderway", "ALD-0161", DUNHOLT,
        Story("suspended", "Suspended since last month, after a failed audit.",
              REJECT, ("SUSPENDED",)),
        Story("before-suspension", "The same certificate, asked about a day before.",
              ACCEPT, ask={"on": -90}),
        events=(Event("suspend", -40, "failure"),),
    ),
    system(
        "alderway", "ALD-0166", BREVENT,
        Story("withdrawn", "Withdrawn by the certifier for good.", REJECT, ("WITHDRAWN",)),
        decided=-600, checks=(-260,), events=(Event("withdraw", -30, "failure"),),
    ),
    system(
        "alderway", "ALD-0167", FJELLVIK,
        Story("cancelled", "Given up at the holder's own wish.", REJECT, ("CANCELLED",)),
        decided=-600, checks=(-260,), events=(Event("cancel", -45, "client_request"),),
    ),
    system(
        "alderway", "ALD-0170", BRACKWATER,
        Story("transferred", "Moved to another certifier; that certificate counts now.",
              REJECT, ("TRANSFERRED",)),
        decided=-300, checks=(),
        events=(Event("transfer_out", -35, "client_request", to=("waitaro", "WTR-2290")),),
    ),
    system(
        "waitaro", "WTR-2290", BRACKWATER,
        Story("moved-in", "Where it moved to: the new certifier's, for what was left of the term.",
              ACCEPT),
        decided=-35, moved_from=Origin("alderway", "ALD-0170", -300), checks=(),
    ),
    system(
        "alderway", "ALD-0071", KOWHAI,
        Story("lapsed", "Ran out last month; could be restored, but is not certified.",
              REJECT, ("EXPIRED_RESTORABLE",)),
        Story("day-before-lapse", "The same certificate on a day when it was in force.",
              ACCEPT, ask={"on": -130}),
        decided=-1135, checks=(-795, -455, -150),
    ),
    system(
        "alderway", "ALD-0019", HARROW,
        Story("long-expired", "Last cycle's certificate, long over, still on the wall.",
              REJECT, ("EXPIRED",)),
        decided=-1500, checks=(-1160, -820),
    ),
    system(
        "alderway", "ALD-0181", FJELLVIK,
        Story("not-yet", "Granted already, in force from next month.",
              REJECT, ("NOT_YET_EFFECTIVE",)),
        decided=-6, effective=35, checks=(),
    ),
    system(
        "alderway", "ALD-0182", BREVENT,
        Story("backdated", "Claims to apply from three weeks before it was decided.",
              REJECT, ("BACKDATED",)),
        made=Made.CARELESS, decided=-200, effective=-221, checks=(),
    ),
    system(
        "alderway", "ALD-0183", SAFFRONVALE,
        Story("five-years", "Five years, where three are the most.", REJECT, ("TERM_TOO_LONG",)),
        made=Made.CARELESS, term=60,
    ),
    system(
        "alderway", "ALD-0184", BRACKWATER,
        Story("no-place", "Does not say for which places it holds.",
              REJECT, ("INCOMPLETE_CERTIFICATE",)),
        made=Made.CARELESS, sites=(),
    ),
    system(
        "alderway", "ALD-0190", TIDEWELL,
        Story("hosting", "Information security of a data centre, as asked.", ACCEPT,
              ask={"standard": "ISO/IEC 27001"}),
        standard="ISO/IEC 27001:2022",
    ),
)  # fmt: skip
