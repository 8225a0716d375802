"""Cells with a form of their own: standards, codes, identifiers, trade item numbers, sites.

Each reads one column of a row and notes what is wrong with each item of it.
"""

import re

from service.domain.certificate import Holder, Kind, SchemeReference, Site
from service.domain.countries import country_code
from service.domain.scope import standard
from service.issuer.cells import Cells, tidy
from service.rules.catalogue import TYPE_FUNCTIONS, Catalogue

_CODED = re.compile(r"[a-z][a-z0-9-]{1,19}:[A-Za-z0-9.-]{1,40}", re.ASCII)
_IDENTIFIED = re.compile(r"[a-z][a-z0-9-]{1,19}:[!-~]{1,80}", re.ASCII)
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}", re.ASCII)
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}", re.ASCII)
_IAF = re.compile(r"(?:iaf[ :]*)?0?([1-9]|[12][0-9]|3[0-9])", re.ASCII | re.IGNORECASE)
_CLOSED_UP = re.compile(r"([A-Z])([0-9])", re.ASCII)
_AROUND_COLON = re.compile(r" *: *")


def standards(cells: Cells, kind: Kind, catalogue: Catalogue) -> tuple[str, ...]:
    """The standards, each with its edition and of the kind of the certificate (MS-1, CM-10)."""
    found = []
    for item in _apart(cells.items("standards"), catalogue):
        name = _spelt(item, catalogue)
        of_kind = catalogue.kind(name)
        if of_kind is None and kind is Kind.MANAGEMENT_SYSTEM:
            cells.wrong("standards", "STANDARD_UNKNOWN", item)
        elif of_kind is not None and of_kind != kind:
            cells.wrong("standards", "STANDARD_KIND_MISMATCH", item)
        elif standard(name).edition is None:
            cells.wrong("standards", "EDITION_MISSING", item)
        found.append(name)
    return tuple(dict.fromkeys(found))


def _apart(items: tuple[str, ...], catalogue: Catalogue) -> list[str]:
    """Items divided at commas too, where the catalogue knows every part: names may have commas."""
    apart: list[str] = []
    for item in items:
        parts = [part for text in item.split(",") if (part := tidy(text))]
        every = all(catalogue.kind(_spelt(part, catalogue)) is not None for part in parts)
        apart += parts if every else [item]
    return apart


def _spelt(text: str, catalogue: Catalogue) -> str:
    """`ISO9001 : 2015` as the catalogue spells it, if it knows it that way; else as written."""
    plain = _AROUND_COLON.sub(":", text)
    spaced = _CLOSED_UP.sub(r"\1 \2", plain, count=1)
    return next((one for one in (plain, spaced) if catalogue.kind(one) is not None), plain)


def sectors(cells: Cells) -> tuple[str, ...]:
    """Scope codes: `17` and `IAF 17` are `iaf:17`; another scheme's stand as `nace:25.4`."""
    found = []
    for item in cells.items("sectors"):
        for code in map(tidy, item.split(",")):
            if iaf := _IAF.fullmatch(code):
                found.append(f"iaf:{iaf[1]}")
            elif _CODED.fullmatch(code) and not code.startswith("iaf:"):
                found.append(code)
            else:
                cells.wrong("sectors", "SECTOR_UNKNOWN", code)
    return tuple(dict.fromkeys(found))


def holder_id(cells: Cells) -> str | None:
    """The holder's identifier: an LEI with its check digits (ISO 17442), or `scheme:value`."""

    def read(text: str) -> str | None:
        plain = text.upper().removeprefix("LEI:").strip()
        if _LEI.fullmatch(plain):
            digits = int("".join(str(int(char, 36)) for char in plain))
            return f"lei:{plain}" if digits % 97 == 1 else None
        return text if _IDENTIFIED.fullmatch(text) and not text.startswith("lei:") else None

    return cells.known("holder_id", "IDENTIFIER_UNKNOWN", read)


def gtins(cells: Cells) -> tuple[str, ...]:
    """Trade item numbers with their check digit (GS1 General Specifications 7.9)."""
    found = cells.items("gtins")
    for gtin in found:
        if not _GTIN.fullmatch(gtin) or _weighed(gtin) % 10:
            cells.wrong("gtins", "GTIN_INVALID", gtin)
    return found


def _weighed(gtin: str) -> int:
    """The sum of the digits, each second one from the right three times."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(gtin[::-1]))


def scheme(cells: Cells) -> SchemeReference | None:
    """The certification scheme with its type label (ISO/IEC 17067)."""

    def read(text: str) -> str | None:
        label = folded_type(text)
        return label if label in TYPE_FUNCTIONS else None

    name = cells.text("scheme")
    label = cells.known("scheme_type", "SCHEME_TYPE_UNKNOWN", read, ", ".join(TYPE_FUNCTIONS))
    return SchemeReference(name, label) if name and label else None


def folded_type(text: str) -> str:
    """`Type 1A` as `1a`."""
    return text.casefold().removeprefix("type").strip()


def sites(cells: Cells, holder: Holder) -> tuple[Site, ...]:
    """The site of the row, or else the holder's address, and the further ones of the list."""
    address, country = cells.address("site_"), cells.country("site_country")
    name = cells.text("site_name") or cells.text("site_city")
    if not (address or name):
        name, address = cells.text("city"), holder.address
    first = Site(name or holder.name, country or holder.country, address)
    return (first, *_further(cells, holder))


def _further(cells: Cells, holder: Holder) -> list[Site]:
    found = []
    for line in cells.items("sites", lines=True):
        name, address, country, *more = (*map(tidy, line.split(";")), "", "")
        code = country_code(country) if country else holder.country
        if not name or any(more):
            cells.wrong("sites", "SITE_FORMAT", line)
        elif code is None:
            cells.wrong("sites", "COUNTRY_UNKNOWN", country)
        else:
            found.append(Site(name, code, address or None))
    return found
