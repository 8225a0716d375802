"""Papers from a terminal: labels of products, marks for letterheads, certificates as PDF."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import click

from service.commands.desk import Run, body_option, pass_run, refusals
from service.commands.door import Refusal, note
from service.domain.people import COMMAND_LINE
from service.registry import letterhead, printing
from service.render.drawing import Drawing, pdf, png, svg
from service.render.label import SAFE_MODULE_MM, USUAL_MODULE_MM, product_label, system_mark
from service.render.sheet import PAPERS, fits, sheets
from service.render.wording import LANGUAGES

_out = click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
# A press run; more than that is more than one file should hold.
MAX_LABELS = 100_000


@click.command(short_help="Write labels of products, as SVG, PNG or PDF.")
@click.argument("numbers", nargs=-1)
@body_option
@click.option("--numbers-from", type=click.File(encoding="utf-8"),
              help="A file of certificate numbers, one a line; - is standard input.")  # fmt: skip
@click.option("--model", help="Which of its models; the first if not given.")
@click.option("--module", type=float, default=USUAL_MODULE_MM, show_default=True,
              help="Width of a module of the code, in mm.")  # fmt: skip
@click.option("--letterhead", is_flag=True, help="The mark of a management system instead.")
@click.option("--sheet", type=click.Choice(tuple(PAPERS)),
              help="Sheets to cut, as PDF; one full sheet unless --copies is given.")  # fmt: skip
@click.option("--copies", type=click.IntRange(1, MAX_LABELS), help="How many labels of each.")
@click.option("--dpi", type=click.IntRange(150, 1200), default=600, show_default=True,
              help="Dots an inch of a PNG.")  # fmt: skip
@_out
@pass_run
def label(
    run: Run, /, numbers: tuple[str, ...], body: str, numbers_from: Iterable[str] | None,
    model: str | None, module: float, letterhead: bool, sheet: str | None, copies: int | None,
    dpi: int, out: Path,
) -> None:  # fmt: skip
    """Write the labels of certificates NUMBERS: mark, model, number, code, and address to expect.

    The ending of --out says what is written: .svg or .png for one label, .pdf for one or, with
    --sheet, for thousands.
    """
    wanted = [*numbers, *(line.strip() for line in numbers_from or () if line.strip())]
    if not wanted:
        raise Refusal("BAD_PARAMETER", "name at least one certificate")
    if len(wanted) * (copies or 1) > MAX_LABELS:
        raise Refusal("BAD_PARAMETER", f"that would be more than {MAX_LABELS:,} labels")
    if sheet is None and (copies or len(wanted) > 1):
        raise Refusal("BAD_PARAMETER", "several labels go on sheets: add --sheet A4 or Letter")
    write = _writer(out, sheet, dpi)
    office = run.office()

    def drawn(number: str) -> Drawing:
        one = printing.find(office, body, number, at=run.now())
        if letterhead:
            return system_mark(one.life.stated, body=one.name)
        settings = run.settings()
        return product_label(
            one.life.stated, one.code(settings.base_url), body=one.name, host=settings.address,
            model=model, module_mm=module,
        )  # fmt: skip

    if not letterhead and module < SAFE_MODULE_MM:
        note(f"a module below {SAFE_MODULE_MM} mm is hard to read for phones")
    with refusals():
        if sheet is None:
            _save(out, write(drawn(wanted[0])))
            return
        with _progress(wanted) as counted:
            content, pages = sheets(_each(counted, drawn, sheet, copies), sheet)
    _save(out, content)
    click.echo(f"{pages} sheet{'s' if pages > 1 else ''} of {sheet}: print at 100 %, not fitted.")


def _each(
    numbers: Iterable[str], drawn: Callable[[str], Drawing], sheet: str, copies: int | None
) -> Iterator[tuple[Drawing, int]]:
    for number in numbers:
        one = drawn(number)
        yield one, copies or max(fits(one, sheet), 1)


def _progress(numbers: list[str]) -> AbstractContextManager[Iterable[str]]:
    """The numbers one by one; where there are many and somebody looks, with how far it is."""
    return click.progressbar(numbers, label="Labels", file=sys.stderr, hidden=len(numbers) < 20)


def _writer(out: Path, sheet: str | None, dpi: int) -> Callable[[Drawing], bytes]:
    kinds: dict[str, Callable[[Drawing], bytes]] = {
        ".svg": lambda one: svg(one).encode(),
        ".png": lambda one: png(one, dpi),
        ".pdf": pdf,
    }
    kind = out.suffix.lower()
    if kind not in kinds or (sheet is not None and kind != ".pdf"):
        known = ".pdf" if sheet is not None else ", ".join(kinds)
        raise Refusal("BAD_PARAMETER", f"--out must end with {known}")
    return kinds[kind]


@click.command(short_help="Write a certificate as a signed PDF.")
@click.argument("number")
@body_option
@click.option("--lang", "languages", multiple=True, type=click.Choice(LANGUAGES), default=("en",),
              help="Its language; several times for several, a sheet each.")  # fmt: skip
@click.option("--paper", type=click.Choice(tuple(PAPERS)), default="A4", show_default=True)
@click.option("--address", help="Where the certification body is; kept for the next time.")
@click.option("--decided-by", "people", multiple=True, help="Who decided, by name.")
@click.option("--unsigned", is_flag=True, help="Without the body's signature over the file.")
@_out
@pass_run
def certificate(
    run: Run, /, number: str, body: str, languages: tuple[str, ...], paper: str,
    address: str | None, people: tuple[str, ...], unsigned: bool, out: Path,
) -> None:  # fmt: skip
    """Write certificate NUMBER as PDF: its facts, its code, and its token inside.

    The body's key signs the file. `proofmark verify` reads it, even where the code is cut away.
    """
    settings, office, at = run.settings(), run.office(), run.now()
    with refusals():
        if address is not None:
            office.database.write(lambda c: letterhead.put(c, COMMAND_LINE, body, address, at=at))
        one = printing.find(office, body, number, at=at)
        if one.address is None:
            note("the body's address is not on file: add --address (ISO/IEC 17021-1, 8.2.2 g)")
        content = printing.certificate(
            office, one, base_url=settings.base_url, host=settings.address, languages=languages,
            paper=paper, people=people, sign=not unsigned, at=at,
        )  # fmt: skip
    _save(out, content)


def _save(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Refusal("CANNOT_WRITE", f"{out}: {error.strerror}") from None
    click.echo(f"Written: {out}")


COMMANDS = (label, certificate)
