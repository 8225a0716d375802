"""Product and service certificates of the plan."""

from service.demo.firms import GRUENFELDER, HARROW, LIFTCARE, LIGHTHOUSE, OASIS, WICKFEN
from service.demo.papers import (
    ACCEPT,
    NOT_FOR,
    REJECT,
    WARN,
    Event,
    Made,
    Paper,
    Story,
    product,
    service,
)

_LAMP = {"standard": "CS 7012:2021", "scheme": ("LAMP-3", "3"), "term": 60}

GOODS: tuple[Paper, ...] = (
    product(
        "pellworth", "PEL-0007", HARROW,
        Story("harrow-product", "The cable K7, certified without an end, inspected every year.",
              ACCEPT, ask={"model": "K7"}),
        Story("harrow-product-as-system", "A product certificate is no ISO 9001 certificate.",
              NOT_FOR, ("PRODUCT_NOT_MS",), {"standard": "ISO 9001"}),
        Story("harrow-other-model", "Genuine, but for K7; the drum on the truck says K9.",
              NOT_FOR, ("MODEL_NOT_COVERED",), {"model": "K9"}),
        Story("harrow-product-as-service", "A certificate for goods offered for their laying.",
              NOT_FOR, ("PRODUCT_NOT_SERVICE",), {"needs": "service"}),
        brand="Harrow", models=["K7"], revision="C", decided=-900, checks=(-560, -220),
    ),
    product(
        "wolkenried", "WOL-2041", OASIS,
        Story("oasis-cable", "Signed with an Ed25519 key; asked by the number under the barcode.",
              ACCEPT, ask={"gtin": "09506000134369"}),
        brand="النجم", models=["NYM 3", "NYM 5"], gtins=["09506000134369", "09506000134376"],
    ),
    product(
        "wolkenried", "WOL-2050", LIGHTHOUSE,
        Story("lighthouse-lamp", "A lamp with a term of five years.", ACCEPT,
              ask={"model": "灯-2", "needs": "product"}),
        brand="灯台", models=["灯-1", "灯-2"], **_LAMP,
    ),
    product(
        "pellworth", "PEL-0031", GRUENFELDER,
        Story("older-copy", "An older copy; the current one leaves K70 as it was.",
              WARN, ("SUPERSEDED_REVISION",), {"model": "K70"}),
        Story("part-removed", "An older copy that still names K90, removed since.",
              NOT_FOR, ("SCOPE_REDUCED_AFTER_THIS_COPY", "SUPERSEDED_REVISION"), {"model": "K90"}),
        brand="Grünfelder", models=["K70", "K90"], decided=-500, checks=(-160,),
    ),
    product(
        "pellworth", "PEL-0031", GRUENFELDER,
        Story("current-copy", "The current copy of that certificate.", ACCEPT,
              ask={"model": "K70"}),
        brand="Grünfelder", models=["K70"], rev=2, decided=-70, checks=(),
    ),
    product(
        "pellworth", "PEL-0040", WICKFEN,
        Story("inspection-missed", "Nobody has inspected the factory for far too long.",
              REJECT, ("PRODUCT_SURV_OVERDUE",), {"model": "Lantern 9"}),
        brand="Wickfen", models=["Lantern 9"], decided=-800, checks=(-450,), **_LAMP,
    ),
    product(
        "pellworth", "PEL-0042", HARROW,
        Story("inspection-not-recorded", "The factory inspection fell due last week.",
              WARN, ("SURV_UNCONFIRMED",), {"model": "K2"}),
        brand="Harrow", models=["K2"], decided=-373, checks=(),
    ),
    product(
        "pellworth", "PEL-0018", WICKFEN,
        Story("expired-product", "A product licence whose term is over.", REJECT, ("EXPIRED",)),
        brand="Wickfen", models=["Rush 1"], decided=-1866, checks=(-1530, -1200, -870, -540, -210),
        **_LAMP,
    ),
    product(
        "pellworth", "PEL-0044", OASIS,
        Story("suspended-product", "Sales are stopped: samples from the factory failed.",
              REJECT, ("SUSPENDED",)),
        brand="النجم", models=["NYM 9"],
        events=(Event("suspend", -33, "nonconforming_product"),),
    ),
    product(
        "pellworth", "PEL-0045", WICKFEN,
        Story("ten-years", "Ten years, where this scheme allows five.",
              REJECT, ("TERM_TOO_LONG",)),
        made=Made.CARELESS, brand="Wickfen", models=["Rush 4"], **_LAMP | {"term": 120},
    ),
    service(
        "pellworth", "PEL-S012", LIFTCARE,
        Story("lift-care", "Lift maintenance, certified as a service.", ACCEPT,
              ask={"needs": "service"}),
        Story("service-as-product", "A certified service offered as approval of the lift itself.",
              NOT_FOR, ("SERVICE_NOT_PRODUCT",), {"needs": "product"}),
        Story("service-as-system", "A certified service is no certified management system.",
              NOT_FOR, ("SERVICE_NOT_MS",), {"needs": "management_system"}),
    ),
)  # fmt: skip
