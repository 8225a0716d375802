"""People and machines: a role counts at its body and at once, and nobody makes up a second one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import Connection, text

from keys.signer import KeySigner
from service.domain.people import (
    CLOCK,
    COMMAND_LINE,
    PERSONAL,
    POWERS,
    SERVICE,
    TWO_PEOPLE,
    Actor,
    Power,
    Role,
    needs_two,
)
from service.domain.refusal import Denied
from service.registry import people as registry
from service.registry import signing_in as signing
from service.registry.people import CODE_S, LONGEST_KEY_S, read_code
from service.registry.signing_in import CHALLENGE_S, IDLE_S, SESSION_S
from service.storage import machines, people, signing_in
from service.storage.database import Database
from service.storage.machines import Machine
from service.storage.people import MACHINE, Held
from service.storage.signing_in import Passkey
from tests.registry.staff import CB_A, CB_B, NOON, Staff

EVERYTHING = frozenset(Power)


@pytest.fixture
def staff(database: Database) -> Staff:
    return Staff(database)


def api_key(
    staff: Staff, role: Role = Role.REGISTER_OFFICER, scope: frozenset[Power] | None = None,
    *, body: str = CB_A, lasts: int = 86_400,
) -> tuple[Machine, str]:  # fmt: skip
    return staff.write(
        lambda connection: registry.new_api_key(
            connection, COMMAND_LINE, "Labels", body=body, role=role, scope=scope,
            expires_at=NOON + lasts, at=NOON,
        )
    )  # fmt: skip


def known(staff: Staff, secret: str, *, at: int = NOON) -> Machine | None:
    return staff.database.read(lambda connection: machines.of_secret(connection, secret, at=at))


def refused(work: object, *arguments: object, **named: object) -> str:
    with pytest.raises(Denied) as caught:
        work(*arguments, **named)  # type: ignore[operator]
    return caught.value.code


# --- what a role allows -----------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_a_role_gives_its_powers_at_its_own_body_and_nowhere_else(staff: Staff, role: Role) -> None:
    ada = staff.person("Ada", role, CB_A)

    assert staff.powers(ada, CB_A) == POWERS[role]
    assert staff.powers(ada, CB_B) == frozenset()
    assert staff.powers(ada, SERVICE) == frozenset()


def test_an_operator_of_the_service_runs_every_body_and_decides_at_none(staff: Staff) -> None:
    ada = staff.person("Ada", Role.OPERATOR)

    assert staff.powers(ada, CB_A) == POWERS[Role.OPERATOR] == staff.powers(ada, SERVICE)
    assert not staff.powers(ada, CB_A) & {Power.DECIDE, Power.ISSUE, Power.ACCREDIT}


def test_another_role_at_the_service_counts_at_no_body(staff: Staff) -> None:
    ada = staff.person("Ada", Role.AUDITOR, SERVICE)

    assert staff.powers(ada, SERVICE) == {Power.READ}
    assert staff.powers(ada, CB_A) == frozenset()


def test_roles_add_up(staff: Staff) -> None:
    ada = staff.person("Ada", Role.EVALUATOR, CB_A)
    held = staff.held(ada, Role.SURVEILLANCE_OFFICER, CB_A)
    staff.write(lambda connection: registry.give_role(connection, COMMAND_LINE, held, at=NOON))

    assert staff.powers(ada, CB_A) == {Power.READ, Power.APPLY, Power.EVALUATE, Power.SURVEY}


def test_without_a_role_there_a_body_is_not_even_found(staff: Staff) -> None:
    ada = staff.person("Ada", Role.DECISION_MAKER, CB_A)

    assert refused(staff.require, ada, CB_B, Power.READ) == "NOT_FOUND"
    assert refused(staff.require, ada, "https://nobody.example", Power.READ) == "NOT_FOUND"


def test_with_another_role_there_it_is_not_allowed(staff: Staff) -> None:
    ada = staff.person("Ada", Role.EVALUATOR, CB_A)

    staff.require(ada, CB_A, Power.EVALUATE)
    assert refused(staff.require, ada, CB_A, Power.ISSUE) == "NOT_ALLOWED"


@pytest.mark.parametrize("power", Power)
def test_the_service_itself_may_what_needs_no_two_people(staff: Staff, power: Power) -> None:
    for actor in (CLOCK, COMMAND_LINE):
        if power in TWO_PEOPLE:
            assert refused(staff.require, actor, CB_A, power) == "NOT_ALLOWED"
        else:
            staff.require(actor, CB_A, power)


@pytest.mark.parametrize("power", sorted(TWO_PEOPLE))
def test_a11_what_needs_two_people_is_not_done_by_one(staff: Staff, power: Power) -> None:
    role = Role.REGISTER_OFFICER if power is Power.CORRECT else Role.OPERATOR
    ada = staff.person("Ada", role, CB_A)
    himself = Actor(ada.kind, ada.id, proposed_by=ada.name)
    second = Actor(ada.kind, ada.id, proposed_by="user:another")

    assert refused(staff.require, ada, CB_A, power) == "DUAL_CONTROL_REQUIRED"
    assert refused(staff.require, himself, CB_A, power) == "DUAL_CONTROL_REQUIRED"
    staff.require(second, CB_A, power)


def test_a10_a_role_that_is_taken_counts_no_longer(staff: Staff) -> None:
    ada = staff.person("Ada", Role.DECISION_MAKER, CB_A)
    session = staff.session(ada)
    held = staff.held(ada, Role.DECISION_MAKER, CB_A)

    staff.write(lambda connection: registry.take_role(connection, COMMAND_LINE, held, at=NOON))

    assert staff.powers(ada, CB_A) == frozenset()
    assert staff.write(lambda c: signing.visit(c, session.secret, at=NOON + 1)) is not None


# --- who gives roles --------------------------------------------------------------------------


def test_whoever_has_power_over_people_gives_a_role_that_decides(staff: Staff) -> None:
    ada, ben = staff.person("Ada", Role.OPERATOR), staff.person("Ben")
    held = staff.held(ben, Role.DECISION_MAKER, CB_A)

    staff.write(lambda connection: registry.give_role(connection, ada, held, at=NOON))

    assert Power.DECIDE in staff.powers(ben, CB_A)
    assert staff.events(CB_A) == [("role_given", ada.name)]
    assert staff.broken(CB_A) is None


@pytest.mark.parametrize("role", [role for role in Role if needs_two(role)])
def test_one_person_makes_no_second_one(staff: Staff, role: Role) -> None:
    ada, ben = staff.person("Ada", Role.OPERATOR), staff.person("Ben")
    held = staff.held(ben, role, CB_A)

    def give() -> None:
        staff.write(lambda connection: registry.give_role(connection, ada, held, at=NOON))

    assert refused(give) == "DUAL_CONTROL_REQUIRED"
    assert refused(
        staff.write, lambda c: registry.invite(c, ada, "Cyd", at=NOON, role=role, body=CB_A)
    ) == ("DUAL_CONTROL_REQUIRED")
    assert staff.powers(ben, CB_A) == frozenset()


def test_nobody_gives_a_role_to_themselves(staff: Staff) -> None:
    ada = staff.person("Ada", Role.OPERATOR)
    held = staff.held(ada, Role.DECISION_MAKER, CB_A)

    assert refused(staff.write, lambda c: registry.give_role(c, ada, held, at=NOON)) == (
        "NOT_ALLOWED"
    )


def test_the_operator_of_one_body_has_no_say_at_another(staff: Staff) -> None:
    ada, ben = staff.person("Ada", Role.OPERATOR, CB_A), staff.person("Ben")
    there, here = (staff.held(ben, Role.AUDITOR, body) for body in (CB_B, CB_A))

    assert refused(staff.write, lambda c: registry.give_role(c, ada, there, at=NOON)) == "NOT_FOUND"
    staff.write(lambda c: registry.give_role(c, ada, here, at=NOON))


def test_a_role_is_given_once_and_at_a_body_that_is_here(staff: Staff) -> None:
    ada = staff.person("Ada", Role.AUDITOR, CB_A)
    again = staff.held(ada, Role.AUDITOR, CB_A)
    nowhere = staff.held(ada, Role.AUDITOR, "https://nobody.example")

    assert refused(staff.write, lambda c: registry.give_role(c, COMMAND_LINE, again, at=NOON)) == (
        "ALREADY_EXISTS"
    )
    assert refused(
        staff.write, lambda c: registry.give_role(c, COMMAND_LINE, nowhere, at=NOON)
    ) == ("NOT_FOUND")


def test_a_role_that_is_not_held_cannot_be_taken(staff: Staff) -> None:
    ada = staff.person("Ada", Role.AUDITOR, CB_A)
    held = staff.held(ada, Role.OPERATOR, CB_A)

    assert refused(staff.write, lambda c: registry.take_role(c, COMMAND_LINE, held, at=NOON)) == (
        "NOT_FOUND"
    )


# --- people -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [("ada  LOVELL", "ALREADY_EXISTS"), (" ", "BAD_PARAMETER"), ("x" * 121, "BAD_PARAMETER"),
     ("Ada\u202eLovell", "NAME_CONTROL_CHARS")],
)  # fmt: skip
def test_a_name_is_one_persons_and_can_be_read(staff: Staff, name: str, code: str) -> None:
    staff.person("Ada Lovell")

    assert refused(staff.person, name) == code


def test_the_longest_name_is_taken(staff: Staff) -> None:
    staff.person("x" * 120)


def test_whoever_has_no_power_over_people_invites_nobody(staff: Staff) -> None:
    ada = staff.person("Ada", Role.DECISION_MAKER, CB_A)

    assert refused(staff.write, lambda c: registry.invite(c, ada, "Ben", at=NOON)) == "NOT_FOUND"
    assert refused(staff.write, lambda c: registry.invite(c, ada, "Ben", at=NOON, body=CB_A)) == (
        "NOT_ALLOWED"
    )


def test_a_closed_account_has_no_roles_no_session_and_no_way_back(staff: Staff) -> None:
    ada = staff.person("Ada", Role.DECISION_MAKER, CB_A)
    opened = staff.session(ada)

    staff.write(lambda c: registry.deactivate(c, COMMAND_LINE, ada.id, at=NOON + 5))

    assert staff.powers(ada, CB_A) == frozenset()
    assert staff.write(lambda c: signing.visit(c, opened.secret, at=NOON + 6)) is None
    assert refused(staff.session, ada, at=NOON + 7) == "NOT_AUTHENTICATED"
    assert refused(staff.write, lambda c: registry.new_code(c, COMMAND_LINE, ada.id, at=NOON)) == (
        "NOT_FOUND"
    )
    assert staff.events(CB_A)[-1] == ("role_taken", COMMAND_LINE.name)
    assert staff.events(SERVICE)[-1] == ("deactivated", COMMAND_LINE.name)


def test_an_account_with_roles_elsewhere_is_not_closed_from_one_body(staff: Staff) -> None:
    ada, ben = staff.person("Ada", Role.OPERATOR, CB_A), staff.person("Ben", Role.AUDITOR, CB_A)
    held = staff.held(ben, Role.AUDITOR, CB_B)
    staff.write(lambda c: registry.give_role(c, COMMAND_LINE, held, at=NOON))

    assert refused(staff.write, lambda c: registry.deactivate(c, ada, ben.id, at=NOON)) == (
        "NOT_FOUND"
    )


# --- codes ------------------------------------------------------------------------------------


def joined(staff: Staff, code: str, *, at: int) -> signing.Opened:
    def work(connection: Connection) -> signing.Opened:
        user = signing_in.code_user(connection, read_code(code), at=at)
        signing.challenge(connection, "c", user, at=at)
        return signing.join(
            connection, read_code(code), "c",
            lambda whose: Passkey(f"key-{at}", whose, "pQ", 0, False, at), at=at,
        )  # fmt: skip

    return staff.write(work)


def invited(staff: Staff, name: str = "Ada") -> tuple[str, str]:
    user, code = staff.write(lambda c: registry.invite(c, COMMAND_LINE, name, at=NOON))
    return user.id, code


def test_a_code_is_used_once(staff: Staff) -> None:
    user, code = invited(staff)

    assert joined(staff, code, at=NOON).user.id == user
    assert refused(joined, staff, code, at=NOON + 1) == "NOT_AUTHENTICATED"


def test_a_code_waits_three_days(staff: Staff) -> None:
    _, code = invited(staff)

    assert refused(joined, staff, code, at=NOON + CODE_S) == "NOT_AUTHENTICATED"
    joined(staff, code, at=NOON + CODE_S - 1)


def test_a_code_is_read_however_it_is_typed(staff: Staff) -> None:
    _, code = invited(staff)

    assert len(code) == 29
    joined(
        staff, f" {code.lower().replace('0', 'o').replace('1', 'l').replace('-', ' ')} ", at=NOON
    )


def test_a_new_code_takes_the_place_of_the_old_one(staff: Staff) -> None:
    user, code = invited(staff)
    new = staff.write(lambda c: registry.new_code(c, COMMAND_LINE, user, at=NOON))

    assert refused(joined, staff, code, at=NOON) == "NOT_AUTHENTICATED"
    joined(staff, new, at=NOON)


def test_a_code_for_somebody_who_approves_is_made_on_the_command_line_only(staff: Staff) -> None:
    ada, ben = staff.person("Ada", Role.OPERATOR), staff.person("Ben", Role.OPERATOR)
    cyd = staff.person("Cyd", Role.DECISION_MAKER, CB_A)

    assert refused(staff.write, lambda c: registry.new_code(c, ada, ben.id, at=NOON)) == (
        "NOT_ALLOWED"
    )
    staff.write(lambda c: registry.new_code(c, ada, cyd.id, at=NOON))
    staff.write(lambda c: registry.new_code(c, COMMAND_LINE, ben.id, at=NOON))


def test_no_secret_stands_in_the_database(staff: Staff) -> None:
    user, code = invited(staff)
    opened = joined(staff, code, at=NOON)
    _, key = api_key(staff)
    secrets = (read_code(code), code, opened.secret, key)

    def everything(connection: Connection) -> str:
        names = ("users", "codes", "sessions", "machines", "challenges", "events")
        rows = (
            connection.execute(text(f"SELECT * FROM {name}")).all()  # noqa: S608
            for name in names
        )
        return repr([list(map(tuple, some)) for some in rows])

    stored = staff.database.read(everything)
    assert user in stored
    assert [secret for secret in secrets if secret in stored] == []


# --- sessions and passkeys --------------------------------------------------------------------


def test_a_session_lasts_eight_hours_if_it_is_used(staff: Staff) -> None:
    opened = staff.session(staff.person("Ada"))

    def at(instant: int) -> bool:
        return staff.write(lambda c: signing.visit(c, opened.secret, at=instant)) is not None

    last = NOON + SESSION_S - 1
    staff.write(lambda c: signing_in.see_session(c, opened.session.id, at=last - 10))
    assert at(last)
    assert not at(NOON + SESSION_S)


def test_a_session_that_is_not_heard_of_for_an_hour_is_over(staff: Staff) -> None:
    opened = staff.session(staff.person("Ada"))

    def at(instant: int) -> bool:
        return staff.write(lambda c: signing.visit(c, opened.secret, at=instant)) is not None

    assert at(NOON + IDLE_S - 1)
    assert not at(NOON + IDLE_S)


def test_only_ones_own_session_is_ended_and_only_that(staff: Staff) -> None:
    ada, ben = staff.person("Ada"), staff.person("Ben")
    one, other = staff.session(ada), staff.session(ada, at=NOON + 1)

    def end(user: str) -> None:
        staff.write(lambda c: signing.close_session(c, user, one.session.id, at=NOON + 2))

    assert refused(end, ben.id) == "NOT_FOUND"
    end(ada.id)
    assert refused(end, ada.id) == "NOT_FOUND"
    left = staff.database.read(lambda c: signing.open_sessions(c, ada.id, at=NOON + 3))
    assert [session.id for session in left] == [other.session.id]


@pytest.mark.parametrize("late", [False, True])
def test_a_challenge_lives_five_minutes(staff: Staff, late: bool) -> None:
    ada = staff.person("Ada")
    staff.session(ada)
    staff.write(lambda c: signing.challenge(c, "new", None, at=NOON))

    def work() -> None:
        at = NOON + CHALLENGE_S - (0 if late else 1)
        staff.write(lambda c: signing.log_in(c, f"key-{ada.id}", "new", lambda _: 2, at=at))

    if late:
        assert refused(work) == "NOT_AUTHENTICATED"
    else:
        work()


def test_a_challenge_is_answered_once_and_for_what_it_was_made(staff: Staff) -> None:
    ada = staff.person("Ada")
    staff.session(ada)
    staff.write(lambda c: signing.challenge(c, "for-ada", ada.id, at=NOON))
    staff.write(lambda c: signing.challenge(c, "to-log-in", None, at=NOON))

    def log_in(challenge: str) -> None:
        staff.write(lambda c: signing.log_in(c, f"key-{ada.id}", challenge, lambda _: 2, at=NOON))

    assert refused(log_in, "for-ada") == "NOT_AUTHENTICATED"
    assert refused(log_in, "never-made") == "NOT_AUTHENTICATED"
    log_in("to-log-in")
    assert refused(log_in, "to-log-in") == "NOT_AUTHENTICATED"


def test_the_last_passkey_stays(staff: Staff) -> None:
    ada = staff.person("Ada")
    staff.session(ada)
    key = f"key-{ada.id}"

    def remove() -> None:
        staff.write(lambda c: signing.remove_passkey(c, ada.id, key, at=NOON))

    assert refused(remove) == "NOT_ALLOWED"
    staff.write(lambda c: signing.challenge(c, "more", ada.id, at=NOON))
    more = Passkey("second", ada.id, "pQ", 0, False, NOON)
    staff.write(lambda c: signing.add_passkey(c, ada.id, "more", lambda _: more, at=NOON))
    remove()
    left = staff.database.read(lambda c: signing_in.passkeys_of(c, ada.id))
    assert [passkey.id for passkey in left] == ["second"]


# --- machines ---------------------------------------------------------------------------------


def test_a_machine_has_its_role_but_nothing_that_takes_a_person(staff: Staff) -> None:
    for role in Role:
        machine, _ = api_key(staff, role)
        actor = Actor(MACHINE, machine.id)

        assert staff.powers(actor, CB_A) == POWERS[role] - PERSONAL
        assert staff.powers(actor, CB_B) == frozenset()


def test_a12_a_scope_narrows_and_never_widens(staff: Staff) -> None:
    machine, _ = api_key(staff, scope=frozenset({Power.READ, Power.DECIDE}))
    actor = Actor(MACHINE, machine.id, machine.scope)

    assert staff.powers(actor, CB_A) == {Power.READ}
    assert refused(staff.require, actor, CB_A, Power.ISSUE) == "NOT_ALLOWED"


def test_an_api_key_opens_until_it_expires(staff: Staff) -> None:
    machine, secret = api_key(staff, lasts=100)

    assert known(staff, secret, at=NOON + 99) == machine
    assert known(staff, secret, at=NOON + 100) is None
    assert staff.powers(Actor(MACHINE, machine.id), CB_A, at=NOON + 100) == frozenset()
    assert known(staff, f"{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}") is None


def test_an_api_key_lasts_four_hundred_days_at_most(staff: Staff) -> None:
    api_key(staff, lasts=LONGEST_KEY_S)

    assert refused(api_key, staff, lasts=LONGEST_KEY_S + 1) == "BAD_PARAMETER"
    assert refused(api_key, staff, lasts=0) == "BAD_PARAMETER"


def test_a_revoked_key_opens_nothing(staff: Staff) -> None:
    machine, secret = api_key(staff)

    staff.write(lambda c: registry.end_machine(c, COMMAND_LINE, machine.id, at=NOON + 1))

    assert known(staff, secret, at=NOON + 1) is None
    assert staff.events(CB_A)[-1] == ("ended", COMMAND_LINE.name)
    assert refused(
        staff.write, lambda c: registry.end_machine(c, COMMAND_LINE, machine.id, at=NOON + 2)
    ) == ("NOT_FOUND")


def test_a12_a_key_of_a_body_that_was_removed_is_nobodys(staff: Staff) -> None:
    _, secret = api_key(staff)
    _, other = api_key(staff, body=CB_B)

    staff.write(lambda c: registry.clear_body(c, COMMAND_LINE, CB_A, at=NOON))

    assert known(staff, secret) is None
    assert known(staff, other) is not None


def test_whoever_has_no_power_over_people_makes_no_key(staff: Staff) -> None:
    ada = staff.person("Ada", Role.DECISION_MAKER, CB_A)

    def make() -> None:
        staff.write(
            lambda c: registry.new_api_key(
                c, ada, "Mine", body=CB_A, role=Role.AUDITOR, scope=None, expires_at=NOON + 1,
                at=NOON,
            )
        )  # fmt: skip

    assert refused(make) == "NOT_ALLOWED"


def test_a_client_is_known_by_a_public_key_of_its_own(staff: Staff) -> None:
    jwk = KeySigner.generate("client-key-1").public_jwk()

    def register(given: dict[str, str]) -> Machine:
        return staff.write(
            lambda c: registry.register_client(
                c, COMMAND_LINE, "Works", body=CB_A, role=Role.REGISTER_OFFICER, scope=None,
                jwk=given, at=NOON,
            )
        )  # fmt: skip

    client = register(jwk)
    assert client.jwk is not None
    assert client.jwk["x"] == jwk["x"]
    assert refused(register, jwk) == "KEY_SHARED"
    assert refused(register, {**jwk, "d": "AA"}) == "KEY_PRIVATE_PUBLISHED"
    assert refused(register, {"kty": "oct", "k": "AA"}) == "KEY_PRIVATE_PUBLISHED"


def test_what_is_held_is_listed_with_its_holder(staff: Staff) -> None:
    ada = staff.person("Ada", Role.AUDITOR, CB_A)
    machine, _ = api_key(staff)

    held = staff.database.read(lambda c: people.at_body(c, CB_A))
    listed = staff.database.read(lambda c: machines.at_bodies(c, CB_A))

    assert held == [
        Held(MACHINE, machine.id, CB_A, Role.REGISTER_OFFICER, NOON),
        Held("user", ada.id, CB_A, Role.AUDITOR, NOON),
    ]
    assert listed == [(machine, CB_A, "register_officer")]


# --- at the same time -------------------------------------------------------------------------


def together(count: int, work: Callable[[int], object]) -> list[str]:
    """What became of something that many do at once: `done`, or the code of the refusal."""

    def one(number: int) -> str:
        try:
            work(number)
        except Denied as denied:
            return denied.code
        return "done"

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(one, range(count)))


def test_a_code_that_is_used_eight_times_at_once_is_used_once(staff: Staff) -> None:
    user, code = invited(staff)
    for number in range(8):
        challenge = f"challenge-{number}"
        staff.write(partial(signing.challenge, text=challenge, user=user, at=NOON))

    def join(number: int) -> None:
        made = Passkey(f"key-{number}", user, "pQ", 0, False, NOON)
        staff.write(
            lambda c: signing.join(
                c, read_code(code), f"challenge-{number}", lambda _: made, at=NOON
            )
        )

    assert together(8, join) == [*["NOT_AUTHENTICATED"] * 7, "done"]


def test_the_first_people_may_be_invited_at_the_same_time(staff: Staff) -> None:
    assert together(4, lambda number: staff.person(f"Person {number}")) == ["done"] * 4
    assert staff.broken(SERVICE) is None
    assert len(staff.events(SERVICE)) == 4


def test_an_assertion_that_is_sent_eight_times_at_once_counts_once(staff: Staff) -> None:
    machine, _ = api_key(staff)

    def use(_: int) -> None:
        first = staff.write(
            lambda c: machines.use_assertion(c, machine.id, "one", at=NOON, expires_at=NOON + 60)
        )
        if not first:
            raise Denied("USED")

    assert together(8, use) == [*["USED"] * 7, "done"]
