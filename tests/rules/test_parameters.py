"""The parameters as they are explained are those of the policy."""

import re

from service.domain.verdict import code_table, plain
from service.rules.parameters import parameters
from service.rules.policy import DEFAULT, PARAMETERS

UNITS = {"days": "_days", "months": "_months", "seconds": "_s"}


def test_every_parameter_is_explained_in_the_order_of_the_policy() -> None:
    assert [one.name for one in parameters()] == list(PARAMETERS)


def test_a_default_is_that_of_the_policy() -> None:
    told = {one.name: one.default for one in parameters()}

    assert told == {name: plain(getattr(DEFAULT, name)) for name in PARAMETERS}


def test_an_amount_has_its_unit() -> None:
    for one in parameters():
        ending = UNITS.get(one.unit or "")
        assert ending is None or one.name.endswith(ending) or one.name == "recert_earliest_month"
        assert (one.unit is not None) >= one.name.endswith(tuple(UNITS.values()))


def test_a_parameter_says_what_it_sets_and_where_it_comes_from() -> None:
    for one in parameters():
        assert re.fullmatch(r"[A-Z].{10,140}\.", one.meaning), one.name
        assert re.match(r"(CM|MS|PC|AC|AB|DT|IG-MS|IG-PC)-\d|R11|packs of 2", one.source), one.name
        assert "inferred" not in one.source


def test_a_code_names_only_parameters_that_there_are() -> None:
    said = {name for entry in code_table().values() for text in entry.texts.values()
            for name in re.findall("`([^`]+)`", text)}  # fmt: skip

    assert said - set(PARAMETERS) == {"main_scope"}  # of a row of recognition, not of the policy
