"""Papers from a terminal: labels of products, marks for letterheads, certificates to print."""

from dataclasses import dataclass
from pathlib import Path

import click

from service.commands.desk import Run, body_option, pass_run, refusals
from service.commands.door import Refusal, note
from service.credential.packing import pack
from service.credential.qr import Symbol, symbol
from service.registry import lives
from service.registry.lives import Life
from service.render.label import SAFE_MODULE_MM, USUAL_MODULE_MM, product_label, system_mark
from service.render.paper import certificate_page
from service.storage import register
from service.storage.database import Connection
from service.trust.standing import Standing


@click.command(short_help="Write the label of a product, as SVG.")
@click.argument("number")
@body_option
@click.option("--model", help="Which of its models; the first if not given.")
@click.option("--module", type=float, default=USUAL_MODULE_MM, show_default=True,
              help="Width of a module of the code, in mm.")  # fmt: skip
@click.option("--letterhead", is_flag=True, help="The mark of a management system instead.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@pass_run
def label(
    run: Run, /, number: str, body: str, model: str | None, module: float, letterhead: bool,
    out: Path,
) -> None:  # fmt: skip
    """Write the label of certificate NUMBER: mark, model, number, code and address to expect."""
    with refusals():
        one = _issued(run, number, body)
        drawn = (
            system_mark(one.life.stated, body=one.name)
            if letterhead
            else product_label(
                one.life.stated, one.code(), body=one.name, host=run.settings().address,
                model=model, module_mm=module,
            )
        )  # fmt: skip
    if not letterhead and module < SAFE_MODULE_MM:
        note(f"a module below {SAFE_MODULE_MM} mm is hard to read for phones")
    _write(out, drawn)


@click.command(short_help="Write a certificate as a page to print.")
@click.argument("number")
@body_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@pass_run
def certificate(run: Run, /, number: str, body: str, out: Path) -> None:
    """Write certificate NUMBER as one HTML file that prints on A4, with its code."""
    with refusals():
        one = _issued(run, number, body)
        above = one.standing.links(None) if one.standing else ()
        by = next((link.name for link in above if link.role == "accreditation_body"), None)
        page = certificate_page(
            one.life.stated, one.code(), body=one.name, accredited_by=by,
            host=run.settings().address,
        )  # fmt: skip
    _write(out, page)


@dataclass(frozen=True, slots=True)
class _Issued:
    """A certificate with its body's name and standing, and what its code begins with."""

    life: Life
    name: str
    standing: Standing | None
    prefix: str

    def code(self) -> Symbol:
        """The symbol of its newest token. Raises ValueError where it is too long for one."""
        return symbol(self.prefix, pack(str(self.life.newest.token)))


def _issued(run: Run, number: str, body: str) -> _Issued:
    office, at = run.office(), run.now()

    def work(connection: Connection) -> tuple[Life, str]:
        life = lives.load(connection, office, body, number, at=at)
        return life, register.body(connection, body).name

    life, name = office.database.read(work)
    return _Issued(life, name, office.standing(body, at), f"{run.settings().base_url}/q/")


def _write(out: Path, content: str) -> None:
    try:
        out.write_text(content, "utf-8")
    except OSError as error:
        raise Refusal("CANNOT_WRITE", f"{out}: {error.strerror}") from None
    click.echo(f"Written: {out}")


COMMANDS = (label, certificate)
