"""Gates about audit time, sites and plausibility (rules.md IG-MS-11, IG-MS-12, IG-MS-14, MS-24)."""

from typing import Any

import pytest

from service.domain.certificate import Organisation, Site
from service.rules.audit_time import audit_tables
from service.rules.gates import gate_rows
from service.rules.gates.table import audit_tables_of
from service.rules.policy import parse_policy
from service.rules.reading import PackRefused
from tests.rules.gates.building import (
    dossier,
    gates,
    merged,
    old_certificate,
    recertification,
    refusals,
    stages,
)

INITIAL = "ms-initial"
REASON = {"audit_time": {"reduction_reason": "one shift, one process"}}


def _only(gate: str, given: Any, **ground: Any) -> bool:
    return refusals(given, **ground) == {gate: gate}


def _time(on_site: float, total: float) -> Any:
    """Stage 2 of so many days; stage 1 has one and a half."""
    return stages(stage2={"days_on_site": on_site, "days_total": total})


def test_igms11_less_than_the_table_needs_a_reason() -> None:
    assert not refusals(dossier(INITIAL, _time(3, 3.5)))
    assert _only("IG-MS-11", dossier(INITIAL, _time(3, 3)))
    assert not refusals(dossier(INITIAL, {**_time(3, 3), **REASON}))


def test_igms11_thirty_percent_less_is_the_most_to_the_half_day() -> None:
    assert not refusals(dossier(INITIAL, {**_time(2, 2), **REASON}))  # 3.5 of 5
    assert _only("IG-MS-11", dossier(INITIAL, {**_time(1.5, 1.5), **REASON}))


def test_igms11_four_fifths_are_on_site() -> None:
    assert not refusals(dossier(INITIAL, _time(2.5, 3.5)))  # 4 of 5
    assert _only("IG-MS-11", dossier(INITIAL, _time(2, 3.5)))


@pytest.mark.parametrize(
    "patch",
    [
        {"audit_time": None},
        {"audit_time": {"table": "OHS-high"}},
        {"audit_time": {"table": "QMS-2"}},
        {"organisation": {"personnel": None}},
        {"organisation": {"personnel": 0}},
        {"organisation": {"personnel": 10_701}},
        stages(stage2={"days_total": None}),
    ],
)
def test_igms11_without_table_people_or_days_nothing_is_measured(patch: Any) -> None:
    assert _only("IG-MS-11", dossier(INITIAL, patch))


def test_igms11_a_table_that_is_not_held_here_is_taken_from_the_dossier() -> None:
    given = dossier(INITIAL, {"standards": ["ISO 14001:2015"], "audit_time": {"table": "EMS"}})
    told = merged(given, {"audit_time": {"days": 5}})
    more = merged(given, {"audit_time": {"days": "5.5"}})

    assert "IG-MS-11" in refusals(given)
    assert "IG-MS-11" not in refusals(told)
    assert gates(told)["IG-MS-11"].outcome == "warning"
    assert "IG-MS-11" in refusals(more)


def test_igms11_of_two_standards_the_time_is_told_and_never_less_than_one_takes() -> None:
    given = dossier(INITIAL, {"standards": ["ISO 9001:2015", "ISO 14001:2015"]})

    assert "IG-MS-11" in refusals(given)
    assert "IG-MS-11" not in refusals(merged(given, {"audit_time": {"days": 1}}))
    short = merged(given, {"audit_time": {"days": 1}, **_time(2.5, 2.5)})
    assert "IG-MS-11" in refusals(short)


def test_igms11_a_recertification_takes_two_thirds() -> None:
    # 5 days in the table: 3.5 to the half day, and 2.5 of them with a reason.
    assert not refusals(dossier("renew", recertification(days_on_site=3, days_total=3.5)))
    less = recertification(days_on_site=3, days_total=3)
    assert _only("IG-MS-11", dossier("renew", less))
    assert not refusals(dossier("renew", {**less, **REASON}))
    least = recertification(days_on_site=2.5, days_total=2.5)
    assert not refusals(dossier("renew", {**least, **REASON}))
    under = recertification(days_on_site=2, days_total=2)
    assert _only("IG-MS-11", dossier("renew", {**under, **REASON}))


def test_igms11_a_surveillance_takes_a_third() -> None:
    def extended(days: float) -> Any:
        audit = merged(
            dossier("extend")["audits"][0],
            {"kind": "surveillance", "days_on_site": days, "days_total": days},
        )
        return dossier("extend", {"audits": [audit]})

    assert not refusals(extended(1.5))  # 5 thirds are 1.67: 1.5 to the half day
    assert _only("IG-MS-11", extended(1))
    assert not refusals(merged(extended(1), REASON))


def test_igms11_after_a_late_restoration_stage_2_takes_the_time_of_an_initial_audit() -> None:
    stage2 = merged(stages()["audits"][1], {"days_on_site": 3, "days_total": 3.5})
    days = {"first_day": "2026-11-24", "last_day": "2026-11-26"}
    late = {
        "audits": [merged(stage2, days)],
        "decision": {"date": "2026-11-30"},
        "certificate": {"effective": "2026-11-30", "expires": "2029-11-29"},
    }

    assert _only("IG-MS-11", dossier("restore", late))
    assert not refusals(dossier("restore", {**late, **REASON}))


def test_igms11_every_table_of_a_standard_is_one_that_is_held() -> None:
    named = {name for one in ("ISO 9001", "ISO 45001") for name in audit_tables_of(one)}

    assert named == set(audit_tables())
    assert audit_tables_of("ISO 14001") == ()


def _sites(others: int, sampled: bool | None, visited: int, drawn: int, centre: bool = True) -> Any:
    """A patch: a centre and other sites, of which stage 2 visited and drew so many."""
    names = [f"site {place}" for place in range(others)]
    seen = [*(["main"] if centre else []), *names[:visited]]
    return {
        "organisation": {
            "sites": [{"name": "main", "central": True}, *names],
            **({} if sampled is None else {"sampled": sampled}),
        },
        **stages(stage2={"sites": seen, "drawn_sites": names[:drawn]}),
    }


def test_igms12_a_sample_is_the_root_of_the_sites_besides_the_centre() -> None:
    assert not refusals(dossier(INITIAL, _sites(10, True, visited=4, drawn=1)))
    assert _only("IG-MS-12", dossier(INITIAL, _sites(10, True, visited=3, drawn=1)))


def test_igms12_the_centre_is_always_visited() -> None:
    assert _only("IG-MS-12", dossier(INITIAL, _sites(10, True, visited=4, drawn=1, centre=False)))


def test_igms12_a_quarter_of_those_visited_was_drawn() -> None:
    assert _only("IG-MS-12", dossier(INITIAL, _sites(10, True, visited=4, drawn=0)))
    assert _only("IG-MS-12", dossier(INITIAL, _sites(10, True, visited=5, drawn=1)))
    assert not refusals(dossier(INITIAL, _sites(10, True, visited=5, drawn=2)))


def test_igms12_what_is_not_sampled_is_visited_everywhere() -> None:
    assert not refusals(dossier(INITIAL, _sites(3, False, visited=3, drawn=0)))
    assert _only("IG-MS-12", dossier(INITIAL, _sites(3, False, visited=2, drawn=0)))


def test_igms12_whether_sites_were_sampled_is_said() -> None:
    given = merged(dossier(INITIAL, _sites(3, None, visited=3, drawn=1)), {
        "organisation": {"sampled": None}})  # fmt: skip

    assert _only("IG-MS-12", given)


def test_igms12_a_sample_has_one_centre() -> None:
    sites = {"organisation": {"sites": ["main", "Hull"], "sampled": True}}

    assert _only("IG-MS-12", dossier(INITIAL, sites))


def test_igms12_no_site_was_audited_that_the_certificate_does_not_list() -> None:
    assert _only("IG-MS-12", dossier(INITIAL, stages(stage2={"sites": ["main", "Hull"]})))


def test_igms12_a_recertification_visits_four_fifths_of_the_root() -> None:
    def renewed(visited: int) -> Any:
        names = [f"site {place}" for place in range(25)]
        sites = [{"name": "main", "central": True}, *names]
        audits = recertification(sites=["main", *names[:visited]], drawn_sites=names[:1])
        return dossier("renew", {"organisation": {"sites": sites, "sampled": True}, **audits})

    assert not refusals(renewed(4))
    assert _only("IG-MS-12", renewed(3))


@pytest.mark.parametrize(("visited", "enough"), [(3, True), (2, False)])
def test_igms12_a_surveillance_visits_three_tenths_where_sites_differ(
    visited: int, enough: bool
) -> None:
    names = [f"site {place}" for place in range(9)]
    listed = tuple(Site(name) for name in ("main", *names))
    before = old_certificate(organisation=Organisation("Wiring looms", ("iaf:19",), listed))
    audit = {
        "kind": "surveillance",
        "sites": names[:visited],
        "days_on_site": 3,
        "days_total": 3,
    }
    given = dossier(
        "extend",
        {
            "organisation": {"sites": ["main", *names], "sampled": False},
            "audits": [merged(dossier("extend")["audits"][0], audit)],
        },
    )

    assert refusals(given, previous=before) == ({} if enough else {"IG-MS-12": "IG-MS-12"})


def test_igms14_nobody_is_in_two_places_on_one_day() -> None:
    first, second = stages()["audits"]
    elsewhere = merged(second, {"first_day": "2026-03-26", "last_day": "2026-03-27",
                                "sites": ["Hull"], "days_on_site": 1, "days_total": 1})  # fmt: skip
    next_day = merged(elsewhere, {"first_day": "2026-03-27"})
    two = {"organisation": {"sites": ["main", "Hull"], "sampled": False}}

    assert _only("IG-MS-14", dossier(INITIAL, {**two, "audits": [first, second, elsewhere]}))
    assert not refusals(dossier(INITIAL, {**two, "audits": [first, second, next_day]}))


def test_igms14_people_give_no_more_time_than_the_days_have() -> None:
    assert not refusals(dossier(INITIAL, _time(6, 6)))  # two people, three days
    assert _only("IG-MS-14", dossier(INITIAL, _time(6, 6.5)))


def test_igms14_experts_give_no_audit_time() -> None:
    team = [*stages()["audits"][1]["team"], {"person": "p7", "role": "expert", "codes": []}]

    patch = stages(stage2={"team": team, "days_on_site": 6.5, "days_total": 6.5})

    assert _only("IG-MS-14", dossier(INITIAL, patch))


def test_igms14_more_time_on_site_than_in_all_cannot_be() -> None:
    assert _only("IG-MS-14", dossier(INITIAL, _time(5, 4)))


def test_igms14_certificates_by_the_dozen_are_refused_where_the_policy_says_how_many() -> None:
    policy = parse_policy({"mill_ratio": 2})

    assert not refusals(dossier(INITIAL), load=(1000, 2))
    assert not refusals(dossier(INITIAL), policy=policy, load=(20, 20))  # of ten days
    assert _only("IG-MS-14", dossier(INITIAL), policy=policy, load=(21, 20))


def _matrix(patch: Any) -> Any:
    return refusals(dossier(INITIAL, {"organisation": patch}))


def test_ms24_sites_belong_to_the_holder_or_are_linked_to_the_centre() -> None:
    own = {"name": "main", "entity": "Harrow Bearings Ltd"}

    assert _matrix({"related": False}) == {"MS-24": "MATRIX_CERTIFICATE"}
    assert _matrix({"sites": [{**own, "entity": "Other Ltd"}]}) == {"MS-24": "MATRIX_CERTIFICATE"}
    assert not _matrix({"sites": [own]})
    assert not _matrix({"sites": [{**own, "entity": "Other Ltd", "linked": "contract"}]})


def test_ms24_of_several_sites_their_link_is_on_file() -> None:
    patch = _sites(3, False, visited=3, drawn=0)
    silent = merged(dossier(INITIAL, patch), {"organisation": {"related": None}})

    assert refusals(silent) == {"MS-24": "MATRIX_CERTIFICATE"}


def test_every_gate_says_what_it_wants_and_where_that_stands() -> None:
    for row in gate_rows().values():
        assert row.title and not row.title.endswith(".")
        assert row.sentence.endswith(".") and row.clause
        assert row.kinds and row.acts


@pytest.mark.parametrize("name", ["audit_time_max_reduction", "on_site_min"])
def test_igms11_a_policy_sets_no_more_than_the_whole(name: str) -> None:
    assert getattr(parse_policy({name: 100}), name) == 100
    with pytest.raises(PackRefused, match="at most 100"):
        parse_policy({name: 101})
