"""What needs two people: one proposes, another who has the same power approves, and it is done.

A proposal is a paper with the action, its parameters and the digest of both; the second person
approves that digest, so nobody approves what they have not seen. Neither may be a machine, both
must have the power when it is done, and both stand in the ledger (security.md R20, A11).

The command line may propose, but it is nobody: what it has proposed two people approve.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from service.domain.people import COMMAND_LINE, Actor, Power, Role
from service.domain.refusal import Denied
from service.registry import people as people_here
from service.storage import ledger, papers, people, register
from service.storage.canonical import digest
from service.storage.database import Connection, Database
from service.storage.papers import Paper
from service.storage.people import Held

KIND = "proposal"
OPEN, APPROVED, REJECTED, EXPIRED = "open", "approved", "rejected", "expired"
# How long a proposal waits, in seconds.
WAITS_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Action:
    """Something that two people do: the power that both need, and what is done with its parameters.

    `run` is given connection, body, parameters, the second person and the instant.
    """

    power: Power
    run: Callable[[Connection, str, Mapping[str, Any], Actor, int], Any]


def propose(
    connection: Connection, actions: Mapping[str, Action], actor: Actor, body: str, action: str,
    parameters: Mapping[str, Any], *, at: int,
) -> Paper:  # fmt: skip
    """The open proposal of an action at a body; proposing the same again finds it again.

    Raises Denied NOT_FOUND, NOT_ALLOWED.
    """
    people_here.open_service(connection)
    power = _action(actions, action).power
    if actor.name != COMMAND_LINE.name:
        _check_power(connection, actor, body, power, at)
    ledger.lock_body(connection, body)
    content = {"action": action, "parameters": dict(parameters)}
    sealed = {**content, "digest": digest(content)}
    for paper in papers.listed(connection, body, KIND, state=OPEN, about=action):
        same = (paper.content["digest"], paper.content["proposer"]) == (
            sealed["digest"], actor.name,
        )  # fmt: skip
        if same and at < paper.content["expires"]:
            return paper
    number = f"{register.next_number(connection, body, KIND):06d}"
    whole = {**sealed, "proposer": actor.name, "expires": at + WAITS_S}
    paper = Paper(body, KIND, number, action, OPEN, whole, 1, at)
    papers.add(connection, paper)
    _write(connection, paper, actor, "proposed", at)
    return paper


def ask(
    database: Database, actions: Mapping[str, Action], actor: Actor, body: str, action: str,
    parameters: Mapping[str, Any], *, at: int,
) -> NoReturn:  # fmt: skip
    """Propose, and say so: raises Denied DUAL_CONTROL_REQUIRED with the proposal's number."""
    paper = database.write(
        lambda connection: propose(
            connection, actions, actor, body, action, parameters, at=at
        )
    )  # fmt: skip
    raise Denied(
        "DUAL_CONTROL_REQUIRED", "It is proposed; a second person must approve.",
        proposal=paper.subject, digest=paper.content["digest"], body=body,
    )  # fmt: skip


def approve(
    connection: Connection, actions: Mapping[str, Action], actor: Actor, body: str, number: str, *,
    digest: str, at: int,
) -> Any:  # fmt: skip
    """Do what another person has proposed; gives back what the action gives.

    Of what the command line has proposed the first approval is only noted, and None given back.
    `digest` is that of what the second person saw. Raises Denied NOT_FOUND, NOT_ALLOWED,
    DUAL_CONTROL_REQUIRED for the one who proposed, PROPOSAL_CLOSED, VERSION_CONFLICT for another
    digest, and what the action raises: then nothing is done and the proposal stays open.
    """
    paper, action = _open(connection, actions, actor, body, number, at)
    proposer = str(paper.content.get("approver") or paper.content["proposer"])
    if proposer == actor.name:
        raise Denied("DUAL_CONTROL_REQUIRED", "Another person must approve.")
    _check_digest(paper, digest)
    if proposer == COMMAND_LINE.name:
        content = {**paper.content, "approver": actor.name}
        _write(
            connection, papers.change(connection, paper, state=OPEN, content=content, at=at),
            actor, "seconded", at,
        )  # fmt: skip
        return None
    kind, _, id = proposer.partition(":")
    first = Actor(kind, id)
    if action.power not in people.powers(connection, first, body, at=at):
        raise Denied("NOT_ALLOWED", "The one who proposed it may do it no longer.")
    papers.change(connection, paper, state=APPROVED, content=paper.content, at=at)
    _write(connection, paper, actor, "approved", at)
    return action.run(
        connection, body, paper.content["parameters"], replace(actor, proposed_by=proposer), at
    )


def reject(
    connection: Connection, actions: Mapping[str, Action], actor: Actor, body: str, number: str, *,
    at: int,
) -> None:  # fmt: skip
    """Refuse a proposal, or take back one's own. Raises Denied NOT_FOUND, PROPOSAL_CLOSED."""
    paper, _ = _open(connection, actions, actor, body, number, at)
    papers.change(connection, paper, state=REJECTED, content=paper.content, at=at)
    _write(connection, paper, actor, "rejected", at)


def expire(connection: Connection, actor: Actor, body: str, *, at: int) -> int:
    """Close the proposals of a body that have waited too long; gives back how many."""
    old = [
        paper
        for paper in papers.listed(connection, body, KIND, state=OPEN)
        if at >= paper.content["expires"]
    ]
    for paper in old:
        papers.change(connection, paper, state=EXPIRED, content=paper.content, at=at)
        _write(connection, paper, actor, "expired", at)
    return len(old)


def _open(
    connection: Connection, actions: Mapping[str, Action], actor: Actor, body: str, number: str,
    at: int,
) -> tuple[Paper, Action]:  # fmt: skip
    ledger.lock_body(connection, body)
    paper = papers.find(connection, body, KIND, number)
    action = _action(actions, str(paper.content["action"]))
    _check_power(connection, actor, body, action.power, at)
    if paper.state != OPEN or at >= paper.content["expires"]:
        raise Denied("PROPOSAL_CLOSED", "This proposal was decided, or has expired.")
    return paper, action


def _check_power(connection: Connection, actor: Actor, body: str, power: Power, at: int) -> None:
    if power not in people.powers(connection, actor, body, at=at):
        people.require(connection, actor, body, power, at=at)
    if actor.kind != people.USER:
        raise Denied("NOT_ALLOWED", "Two people are needed, and a machine is none.")


def _check_digest(paper: Paper, seen: str) -> None:
    content = {name: paper.content[name] for name in ("action", "parameters")}
    if not paper.content["digest"] == seen == digest(content):
        raise Denied("VERSION_CONFLICT", "This is not what was proposed.")


def _action(actions: Mapping[str, Action], name: str) -> Action:
    if name not in actions:
        raise Denied("BAD_PARAMETER", "There is no such action.", "action")
    return actions[name]


def _write(connection: Connection, paper: Paper, actor: Actor, type: str, at: int) -> None:
    ledger.append(
        connection, paper.body, kind=KIND, subject=paper.subject, type=type, at=at,
        actor=actor.name, data=paper.content,
    )  # fmt: skip


def _give_role(
    connection: Connection, body: str, parameters: Mapping[str, Any], actor: Actor, at: int
) -> None:
    held = Held(people.USER, parameters["user"], body, Role(parameters["role"]), at)
    people_here.give_role(connection, actor, held, at=at)


# Giving a role that may approve; every room that has more adds its own.
ROLE_GIVE = "role.give"
ACTIONS: Mapping[str, Action] = {ROLE_GIVE: Action(Power.PEOPLE, _give_role)}
