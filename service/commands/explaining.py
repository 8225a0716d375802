"""`proofmark explain`: what a code means, for buyers and for professionals, and what to do next.

Everything is read from the one table of codes; nothing is asked of a service or a bundle.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

import click

from service.commands.door import Refusal
from service.commands.sheet import LABEL_CHARS, verdict_word
from service.commands.text import wrapped
from service.domain.glossary import bare, groups
from service.domain.reason import Reason
from service.domain.verdict import Axis, CodeEntry, Outcome, Verdict, code_table

# The texts below the sentence, with their labels, in the order in which they are shown.
LABELS = {
    "means": "What it means",
    "next": "What to do",
    "professional": "For experts",
    "source": "Rule",
}
_AXES: Mapping[Axis | None, str] = {
    Axis.GENUINE: "is it genuine?",
    Axis.IN_FORCE: "is it in force?",
    Axis.FITS: "does it fit?",
    None: "none of the three questions",
}
_PAGE_HEAD = """\
# The codes

Every sentence that an answer can rest on, with the code by which machines know it; the worst \
one decides. `GET /codes` gives the same as a page and as JSON, `proofmark explain CODE` on a \
terminal. \
`{…}` stands for a fact of the finding; an aside in brackets whose fact is not known is left out. \
Texts are kept in one table to translate, `service/domain/codes.json`: `sentence`, `means` and \
`next` are for buyers (`short` where the sentence is long), `professional` and `source` for those \
who know the rules.

Rule ids such as MS-13 are those of the rules of Proofmark, R1 to R22 its security rules. *Our \
reading* and *inferred* mark what no public text says outright: it is a parameter of the policy, \
see [the rules](rules.md). *Profile* marks a rule of Proofmark's own, narrower than the standard. \
*To be confirmed* marks a clause number that is still to be compared with the standard.

`proofmark explain --markdown` writes this page, and a test holds it equal.
"""


def known(name: str) -> Reason:
    """The code that somebody typed, in whatever case. Raises Refusal with what was perhaps meant.

    Codes of requests that cannot be served are no reasons and stand in the web service's own list.
    """
    code = name.strip().upper().replace("-", "_")
    try:
        return Reason(code)
    except ValueError:
        near = get_close_matches(code, list(Reason), n=1)
        hint = f"did you mean {near[0]}?" if near else "'proofmark explain' lists them all"
        raise Refusal("UNKNOWN_CODE", f"{name}: there is no such code; {hint}") from None


def explanation(code: Reason, width: int | None) -> list[str]:
    """A code as lines for a terminal, at most `width` characters wide; None does not wrap."""
    entry = code_table()[code]
    lines = [
        f"{_mark(entry.outcome)}  {click.style(str(code), dim=True)}",
        *wrapped(bare(entry.texts["sentence"]), width),
        "",
    ]
    for name, label in LABELS.items():
        lines += _row(label, bare(entry.texts[name]), width)
    return [*lines, *_row("Answers", _AXES[entry.axis], width)]


def listing(width: int | None) -> Iterator[str]:
    """Every code with its sentence, in groups, as lines for a terminal."""
    for group in groups():
        yield click.style(group.title, bold=True)
        for code, entry in group.entries.items():
            yield f"  {code}"
            yield from wrapped(bare(entry.texts["sentence"]), width, indent=4)
        yield ""
    yield "'proofmark explain CODE' says what one means and what to do."


def markdown() -> str:
    """Every code with all its texts, as docs/codes.md."""
    parts = [_PAGE_HEAD]
    for group in groups():
        parts.append(f"## {group.title}\n")
        parts += [_section(code, entry) for code, entry in group.entries.items()]
    return "\n".join(parts)


def _section(code: Reason, entry: CodeEntry) -> str:
    texts = entry.texts
    axis = f", {_AXES[entry.axis]}" if entry.axis else ""
    rows = [f"- **{label}:** {texts[name]}" for name, label in LABELS.items() if name != "means"]
    if "short" in texts:
        rows.append(f"- **In short:** {texts['short']}")
    head = f"### {code}\n\n**{texts['sentence']}** (`{entry.outcome.value}`{axis})\n"
    return "\n".join([head, f"{texts['means']}\n", *rows, ""])


def chosen(names: Sequence[str]) -> list[Reason]:
    """The codes that were asked for, all of them where none was named. Raises Refusal."""
    in_order = [code for group in groups() for code in group.entries]
    return [known(name) for name in names] if names else in_order


def _mark(outcome: Outcome) -> str:
    if outcome is Outcome.NOTE:
        return click.style("· Note", bold=True)
    return verdict_word(Verdict(outcome.value.upper()))


def _row(label: str, text: str, width: int | None) -> list[str]:
    first, *rest = wrapped(text, None if width is None else width - LABEL_CHARS)
    return [f"{click.style(f'{label:<{LABEL_CHARS}}', dim=True)}{first}",
            *(f"{'':<{LABEL_CHARS}}{line}" for line in rest)]  # fmt: skip
