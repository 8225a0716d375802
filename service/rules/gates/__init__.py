"""The issuing gates: what must be true before a certificate is signed (rules.md 2e).

Pure functions of a dossier and of the ground on which it stands, one module per group. All gates
that belong to the kind and the act are judged, so that a reader sees what is still missing. Where a
rule leaves a choice, the strict reading counts, and the function says so.
"""

from collections.abc import Mapping

from service.domain.dossier import Dossier
from service.domain.gate import Gate
from service.rules.gates import (
    accreditation,
    application,
    audit_days,
    audits,
    findings,
    inspections,
    order,
    people,
    sites,
    statement,
    term,
    transfer,
    type_tests,
)
from service.rules.gates.ground import Body, Ground
from service.rules.gates.problem import Rule, judged
from service.rules.gates.prospect import accreditation_for
from service.rules.gates.table import GateRow, gate_rows

__all__ = ["RULES", "Body", "GateRow", "Ground", "accreditation_for", "assess_gates", "gate_rows"]

RULES: Mapping[str, Rule] = {
    "IG-MS-1": application.application,
    "IG-MS-2": accreditation.accredited,
    "IG-MS-3": audits.stages,
    "IG-MS-4": audits.stage_order,
    "IG-MS-5": audits.stage_gap,
    "IG-MS-6": findings.majors,
    "IG-MS-7": findings.minors,
    "IG-MS-8": people.deciders,
    "IG-MS-9": people.consultancy,
    "IG-MS-10": term.dates,
    "IG-MS-11": audit_days.audit_time,
    "IG-MS-12": sites.samples,
    "IG-MS-13": people.competence,
    "IG-MS-14": audit_days.plausible,
    "IG-MS-15": statement.wording,
    "IG-MS-16": audits.extension,
    "MS-5": term.renewed_in_time,
    "MS-6": term.restorable,
    "MS-20": statement.editions,
    "MS-24": sites.one_organisation,
    "MS-26": transfer.taken_over,
    "MS-27": transfer.certifier_lost,
    "IG-PC-1": accreditation.accredited,
    "IG-PC-2": type_tests.tested,
    "IG-PC-3": type_tests.same_thing,
    "IG-PC-4": type_tests.report_age,
    "IG-PC-5": order.evidence_order,
    "IG-PC-6": inspections.inspected,
    "IG-PC-7": people.independence,
    "IG-PC-8": application.documents,
    "IG-PC-9": statement.mark,
    "IG-PC-10": inspections.not_replaced,
    "IG-PC-11": type_tests.suspended_laboratory,
    "PC-5": order.unchanged,
    "PC-14": statement.endless,
    "PC-15": statement.editions,
    "PC-22": accreditation.designated,
    "AC-5": accreditation.category,
    "CM-11": term.scheme_term,
    "MS-1": statement.standard_kinds,
    "AB-2": accreditation.recognised,
    "CM-10": statement.complete,
    "DT-9": application.decision_date,
}


def assess_gates(dossier: Dossier, ground: Ground) -> tuple[Gate, ...]:
    """Every gate that belongs to the dossier's kind and act, in the order of the table.

    Nothing may be signed while one of them is refused (`service.domain.gate.refused`).
    """
    return tuple(
        judged(row.id, RULES[row.id](dossier, ground))
        for row in gate_rows().values()
        if dossier.kind in row.kinds and dossier.act in row.acts
    )
