"""The template for a body's existing certificates: headers, one line of example, explanations.

The columns are those of `domain.migration`; the firm is fictional.
"""

from collections.abc import Mapping
from datetime import date

from service.domain.certificate import Kind
from service.domain.migration import COLUMNS, EXAMPLE, NOT_STATED, ONLY_PRODUCTS, Column
from service.storage.sheet_writing import Line, csv_bytes, xlsx_bytes

_KINDS: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: "Management System",
    Kind.PRODUCT: "Product",
    Kind.SERVICE: "Service",
}
_FIRM: Mapping[str, str | date] = {
    "identity": EXAMPLE,
    "state": "Active",
    "issued": date(2026, 2, 10),
    "accredited": "Accredited",
    "accreditation_body": "Example Accreditation",
    "holder": "Harrow Bearings Ltd",
    "holder_identity": "EXAMPLE-C-17",
    "street": "4 Mill Lane",
    "city": "Leeds",
    "postcode": "LS1 4AB",
    "country": "GB",
    "website": "https://harrow.example",
}
_EXAMPLE: Mapping[Kind, Mapping[str, str | date]] = {
    Kind.MANAGEMENT_SYSTEM: {
        "number": "MS-2026-0113",
        "standards": "ISO 9001:2015",
        "scope": "Design and manufacture of plain bearings",
        "sectors": "17; 18",
        "original": date(2020, 2, 11),
        "expires": date(2029, 2, 9),
        "sites": "Works; 9 Canal Street, Leeds LS2 7EX; GB",
    },
    Kind.PRODUCT: {
        "number": "PC-2026-0042",
        "standards": "IEC 60227-5:2024",
        "expires": date(2031, 2, 9),
        "scheme": "CABLE-5",
        "scheme_type": "5",
        "brand": "Harrow",
        "models": "HB-3x1.5; HB-3x2.5",
        "gtins": "4012345678901",
        "factories": "Works, 9 Canal Street, Leeds",
    },
    Kind.SERVICE: {
        "number": "SV-2026-0007",
        "standards": "EN 16636:2015",
        "scope": "Care of bearings on the customer's premises",
        "scheme": "SERVICE-6",
        "scheme_type": "6",
    },
}


def template(kind: Kind) -> bytes:
    """An XLSX workbook with a sheet to fill in and one that explains its columns."""
    columns = _columns(kind)
    title = _KINDS[kind]
    return xlsx_bytes(
        {
            "Certificates": [_header(columns), _example(kind, columns)],
            "Explanation": [
                ("Column", "Needed", "What becomes of it", "Characters at most", "Asked for by"),
                *(_explained(one, kind) for one in columns),
                ("", "", "", "", ""),
                (f"One row is one certificate ({title}). The example is to be overwritten.",),
                ("Dates: cells typed as dates, or texts such as 2026-02-10 or 20260210.",),
                ("A formula counts as the value stored with it; merged cells are refused.",),
            ],
        }
    )


def template_csv(kind: Kind) -> bytes:
    """The same header and example as a CSV file; its explanations are those of the workbook."""
    columns = _columns(kind)
    return csv_bytes([_header(columns), _example(kind, columns)])


def _columns(kind: Kind) -> list[Column]:
    foreign = {*NOT_STATED.get(kind, ()), *(() if kind is Kind.PRODUCT else ONLY_PRODUCTS)}
    return [one for one in COLUMNS if one.key not in foreign]


def _header(columns: list[Column]) -> Line:
    return [one.title for one in columns]


def _example(kind: Kind, columns: list[Column]) -> Line:
    found = {"kind": _KINDS[kind], **_FIRM, **_EXAMPLE[kind]}
    return [found.get(one.key, "") for one in columns]


def _explained(one: Column, kind: Kind) -> Line:
    needed = "yes" if kind in one.needed else "no"
    asked = "Proofmark" if one.ours else "IAF CertSearch"
    return (one.title, needed, one.becomes, str(one.chars), asked)
