"""Papers from a terminal: labels of products, marks for letterheads, certificates to print."""

from pathlib import Path

import click

from service.commands.desk import Run, body_option, pass_run, refusals
from service.commands.door import note
from service.credential.packing import pack
from service.credential.qr import symbol
from service.registry import lives
from service.render.label import SAFE_MODULE_MM, USUAL_MODULE_MM, product_label, system_mark
from service.render.paper import certificate_page
from service.storage import register


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
    office, settings = run.office(), run.settings()
    with refusals():
        life = office.database.read(lambda c: lives.load(c, office, body, number, at=run.now()))
        name = office.database.read(lambda c: register.body(c, body)).name
        if letterhead:
            drawn = system_mark(life.stated, body=name)
        else:
            code = symbol(f"{settings.base_url}/q/", pack(str(life.newest.token)))
            drawn = product_label(
                life.stated, code, body=name, host=settings.address, model=model, module_mm=module
            )
            if module < SAFE_MODULE_MM:
                note(f"a module below {SAFE_MODULE_MM} mm is hard to read for phones")
    out.write_text(drawn, "utf-8")
    click.echo(f"Written: {out}")


@click.command(short_help="Write a certificate as a page to print.")
@click.argument("number")
@body_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@pass_run
def certificate(run: Run, /, number: str, body: str, out: Path) -> None:
    """Write certificate NUMBER as one HTML file that prints on A4, with its code."""
    office, settings = run.office(), run.settings()

    with refusals():
        at = run.now()
        life = office.database.read(lambda c: lives.load(c, office, body, number, at=at))
        name = office.database.read(lambda c: register.body(c, body)).name
        standing = office.standing(body, at)
    above = standing.links(None) if standing else ()
    accredited_by = next((one.name for one in above if one.role == "accreditation_body"), None)
    code = symbol(f"{settings.base_url}/q/", pack(str(life.newest.token)))
    page = certificate_page(
        life.stated, code, body=name, accredited_by=accredited_by, host=settings.address
    )
    out.write_text(page, "utf-8")
    click.echo(f"Written: {out}")


COMMANDS = (label, certificate)
