"""Plain words: every code is explained to a buyer and to a professional, and says what to do."""

import re
import string
from collections.abc import Mapping

import pytest

from service.domain.glossary import TITLES, bare, entry_json, groups
from service.domain.reason import Reason
from service.domain.verdict import Axis, code_table, fill

ORDER = ["sentence", "short", "means", "next", "professional", "source"]
NEEDED = {"sentence", "means", "next", "professional", "source"}
# Characters. What stands on a phone beside one of the three questions is short.
MOST = {"sentence": 160, "short": 60, "means": 280, "next": 200, "professional": 240, "source": 160}
# A longer first sentence would push the answers off the first screen of a phone.
LONGEST_ANSWER = 70

# The facts that findings of a code carry, where they carry any that a text may name.
FACTS: Mapping[str, frozenset[str]] = {
    code: frozenset(facts.split())
    for codes, facts in {
        "AB_RECOGNITION_ENDED AB_RECOGNITION_ENDED_TRANSFER_BY ACCREDITATION_ENDED "
        "ACCREDITATION_ENDED_TRANSFER_BY EXPIRED_RESTORABLE": "date limit",
        "AB_RECOGNITION_SUSPENDED ACCREDITATION_ENDED_NO_LIMIT ACCREDITATION_SUSPENDED CANCELLED "
        "CHAIN_LINK_EXPIRED EXPIRED EXPIRING_SOON ISSUED_AFTER_ACCREDITATION_ENDED "
        "ISSUED_BEFORE_ACCREDITATION ISSUED_WHILE_SUSPENDED MADE_BEFORE_END NOT_YET_EFFECTIVE "
        "REASSESSMENT_OVERDUE RESTORED_TOO_LATE SCOPE_REDUCED_AFTER_THIS_COPY STATUS_STALE "
        "STATUS_UNAVAILABLE SURV_DEFERRED SURV_HELD_LATE SURV_SECOND_YEAR_LATE SUSPENDED "
        "SUSPENDED_LATER WITHDRAWN": "date",
        "ACCREDITATION_AGEING ACCREDITATION_STALE": "days",
        "SURV_OVERDUE PRODUCT_SURV_OVERDUE SURV_UNCONFIRMED": "date days",
        "EDITION_ENDED EDITION_ENDING": "date standard",
        "AB_NOT_RECOGNISED_FOR_THIS_KIND MAIN_SCOPE_ONLY NEWER_EDITION_EXISTS NRTL_STANDARD "
        "SCOPE_WIDENED STANDARD_IS_AN_ACCREDITATION_STANDARD STANDARD_KIND_MISMATCH": "standard",
        "CLAIM_MISSING CLAIM_TYPE TIME_RANGE": "claim",
        "CERTIFICATION_GAP": "from to",
        "BUNDLE_FILE_UNUSABLE": "file",
        "CLAIM_INCONSISTENT": "claims",
        "INCOMPLETE_CERTIFICATE": "field",
        "LOOKALIKE_NAME": "name",
        "NRTL_SITE": "office",
        "PARTLY_ACCREDITED": "codes",
        "QR_FOREIGN_HOST": "host",
        "STATUS_INDEX_RANGE": "size",
        "STATUS_SIGNER": "key",
        "STATUS_VALUE_UNKNOWN": "value",
        "TERM_TOO_LONG": "limit",
        "TRANSFERRED": "body date number",
        "WRONG_ACCREDITATION_NORM": "norm",
    }.items()
    for code in codes.split()
}
# A finding may lack a fact: then an aside in brackets is dropped, and a day is said to be unknown.
# Other facts stand in asides only; what a page says as a sentence is not ours to change.
MAY_STAND_BARE = {"date", "limit", "from", "to"}
ASIDE = re.compile(r" \([^()]*\)")
# A management system offered, or taken, as an approval of something else.
OF_SYSTEMS = (
    Reason.MS_NOT_PRODUCT, Reason.MS_NOT_SERVICE, Reason.PREREQUISITE_ONLY,
    Reason.SCOPE_TEXT_MISLEADING, Reason.MS_MARK_ON_PRODUCT, Reason.MS_MARK_ON_PACKAGING,
    Reason.MARK_ON_REPORT, Reason.STATEMENT_ABOUT_ORGANISATION_ONLY,
)  # fmt: skip
# The authority that a professional's sentence begins with.
AUTHORITY = (
    r"(Profile|Our reading|RFC \d|ISO\b|IAF|IETF|OpenID|29 CFR|Regulation \(E|Decision \d|OSHA|UKAS"
    r"|French decree|JAS-ANZ|BASEC|Global ACI|Table 2g|Scheme|Practice of accreditation bodies)"
)
# Ids of rules, and pages of the specification where no rule has a number.
RULE = (
    r"^((CM|MS|PC|AC|AB|DT|MK)-\d|R\d|Table 2g|design\.md \d|security\.md \d)"
    r"[^;]*(; [^;]+)*$"
)


def facts_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", Reason)
def test_a_code_has_every_text_in_the_order_of_the_table(code: Reason) -> None:
    texts = code_table()[code].texts

    assert texts.keys() >= NEEDED
    assert list(texts) == [name for name in ORDER if name in texts]


@pytest.mark.parametrize("code", Reason)
def test_a_text_is_plain_whole_and_not_too_long(code: Reason) -> None:
    for name, text in code_table()[code].texts.items():
        assert 0 < len(text) <= MOST[name], name
        assert text == " ".join(text.split())
        assert not re.search("['\"]", text), "quotes are curly"
        assert name == "source" or (text[-1] == "." and text[0] not in string.ascii_lowercase)
        assert name in ("professional", "source") or "`" not in text


@pytest.mark.parametrize("code", Reason)
def test_what_stands_beside_a_question_is_short(code: Reason) -> None:
    texts = code_table()[code].texts
    first = re.split(r"(?<=\.) ", texts["sentence"])[0]

    assert len(texts.get("short", first)) <= LONGEST_ANSWER
    assert texts.get("short") != first


@pytest.mark.parametrize("code", Reason)
def test_a_text_names_only_facts_that_a_finding_has(code: Reason) -> None:
    for name, text in code_table()[code].texts.items():
        assert facts_in(text) <= FACTS.get(code, frozenset()), name
        assert name == "sentence" or facts_in(ASIDE.sub("", text)) <= MAY_STAND_BARE
        assert "{" not in fill(text, {})


@pytest.mark.parametrize("code", Reason)
def test_nothing_is_called_forged_unless_authenticity_failed(code: Reason) -> None:
    entry = code_table()[code]

    if entry.axis is not Axis.GENUINE:
        for text in entry.texts.values():
            assert not re.search(r"(?i)\bfak|forge|counterfeit|not genuine", text)


@pytest.mark.parametrize("code", Reason)
def test_nobody_is_threatened(code: Reason) -> None:
    for text in code_table()[code].texts.values():
        assert not re.search(r"(?i)illegal|unlawful|crim(e|inal)|prosecut|offence|fraud", text)


@pytest.mark.parametrize("code", OF_SYSTEMS)
def test_a_management_system_is_said_to_guarantee_no_quality(code: Reason) -> None:
    assert re.search(
        "does not guarantee (product quality|the quality of products)",
        code_table()[code].texts["means"],
    )


@pytest.mark.parametrize("code", Reason)
def test_whom_to_ask_is_never_looked_up_on_the_paper(code: Reason) -> None:
    """Where a code failed to be genuine, the paper's own address leads to whoever made it."""
    entry = code_table()[code]

    if entry.axis is Axis.GENUINE and "sk the certifier" in entry.texts["next"]:
        assert "at an address that you look up yourself" in entry.texts["next"]


@pytest.mark.parametrize("code", Reason)
def test_a_professional_is_told_the_authority_and_the_rule(code: Reason) -> None:
    texts = code_table()[code].texts

    assert re.match(AUTHORITY, texts["professional"])
    assert ": " in texts["professional"]
    assert re.match(RULE, texts["source"])
    if texts["professional"].startswith("Our reading"):
        assert "inferred `" in texts["source"]


def test_every_code_stands_in_a_group_with_a_title() -> None:
    listed = [code for group in groups() for code in group.entries]

    assert sorted(listed) == sorted(Reason)
    assert {entry.group for entry in code_table().values()} == set(TITLES)


def test_a_text_can_be_read_without_facts() -> None:
    assert bare("Expired on {date}.") == "Expired on …."
    assert bare("It is too old (of {date}).") == "It is too old."
    assert bare("The harmonised standard (EN) {standard}.") == "The harmonised standard (EN) …."


def test_a_code_is_told_to_machines_with_all_its_texts() -> None:
    told = entry_json(Reason.SURV_OVERDUE)

    assert told.keys() == {"code", "group", "outcome", "axis", *NEEDED}
    assert (told["code"], told["outcome"], told["axis"]) == ("SURV_OVERDUE", "reject", "in_force")
    assert entry_json(Reason.STATUS_ROLLBACK)["axis"] is None
