"""What may be given to `verify`, and what is said of what holds no certificate code."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from service.credential.packing import pack
from service.credential.qr import symbol, to_png
from tests.cli.conftest import Terminal
from tests.credential.pictures import page, pdf, saved
from tests.world import World

HOST = "https://check.example/q/"


def picture(token: str, kind: str = "PNG") -> bytes:
    png = to_png(symbol(HOST, pack(token)), pixels_per_module=6)
    if kind == "PNG":
        return png
    file = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").save(file, kind, quality=95, resolution=200)
    return file.getvalue()


def test_a_token_is_read(verify: Terminal, token: str) -> None:
    assert verify(token).exit_code == 0


def test_digits_are_read(verify: Terminal, token: str) -> None:
    assert verify(pack(token)).exit_code == 0


def test_a_link_is_read(verify: Terminal, token: str) -> None:
    assert verify(HOST + pack(token)).exit_code == 0


def test_white_space_around_is_stripped(verify: Terminal, token: str) -> None:
    assert verify(f" \t{token}\n").exit_code == 0


def test_white_space_inside_is_not(verify: Terminal, token: str) -> None:
    ran = verify(f"{token[:40]} {token[40:]}", "--json")

    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["genuine"] == "no"


@pytest.mark.parametrize(
    ("name", "kind"), [("label.png", "PNG"), ("label.jpg", "JPEG"), ("paper.pdf", "PDF")]
)
def test_a_picture_or_pdf_is_read(
    verify: Terminal, token: str, tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / name).write_bytes(picture(token, kind))

    assert verify(tmp_path / name).exit_code == 0


def test_a_picture_is_known_by_its_content_and_not_by_its_name(
    verify: Terminal, token: str, tmp_path: Path
) -> None:
    (tmp_path / "scan.txt").write_bytes(picture(token))

    assert verify(tmp_path / "scan.txt").exit_code == 0


@pytest.mark.parametrize("before", ["", "\ufeff", "\n "])
def test_a_text_file_is_read(verify: Terminal, token: str, tmp_path: Path, before: str) -> None:
    (tmp_path / "one.jwt").write_text(f"{before}{token}\r\n", "utf-8")

    assert verify(tmp_path / "one.jwt").exit_code == 0


def test_standard_input_may_be_a_text(verify: Terminal, token: str) -> None:
    assert verify("-", stdin=f"{token}\n".encode()).exit_code == 0


def test_standard_input_may_be_a_picture(verify: Terminal, token: str) -> None:
    assert verify("-", stdin=picture(token)).exit_code == 0


def test_a_word_that_looks_like_a_file_is_not_judged_as_a_certificate(verify: Terminal) -> None:
    ran = verify("scans/label.png")

    assert ran.exit_code == 2
    assert ran.stderr == "proofmark: FILE_NOT_FOUND: scans/label.png: there is no such file\n"


def test_a_folder_is_named(verify: Terminal, tmp_path: Path) -> None:
    ran = verify(tmp_path)

    assert (ran.exit_code, "FILE_UNREADABLE" in ran.stderr) == (2, True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "QR_NOT_RECOGNISED"),
        (b" \n", "QR_NOT_RECOGNISED"),
        (saved(page()), "QR_NOT_RECOGNISED"),
        (b"GIF89a\xff\xfe", "MEDIA_TYPE_NOT_ALLOWED"),
        (b"\x89PNG\r\n\x1a\n", "MEDIA_TYPE_NOT_ALLOWED"),
        (b"a" * ((10 << 20) + 1), "BODY_TOO_LARGE"),
    ],
    ids=["empty", "blank", "no-code", "gif", "broken", "large"],
)
def test_what_holds_no_code_is_named_with_its_code(
    verify: Terminal, tmp_path: Path, content: bytes, code: str
) -> None:
    (tmp_path / "it").write_bytes(content)

    ran = verify(tmp_path / "it")

    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"proofmark: {code}: {tmp_path / 'it'}: ")
    assert ran.stdout == ""


def test_several_codes_in_one_file_are_refused(
    verify: Terminal, world: World, token: str, tmp_path: Path
) -> None:
    other = world.cb.issue()
    (tmp_path / "two.txt").write_text(f"{token}\n{other}\n")
    pages = [Image.open(BytesIO(picture(one))).convert("L") for one in (token, other)]
    (tmp_path / "two.pdf").write_bytes(pdf(*pages, dpi=100))

    ran = verify(tmp_path / "two.txt", tmp_path / "two.pdf")

    assert ran.exit_code == 2
    assert ran.stderr.count("QR_MULTIPLE") == 2


def test_an_image_with_too_many_pixels_is_named(verify: Terminal, tmp_path: Path) -> None:
    header = b"\x00\x00\x00\rIHDR" + (9000).to_bytes(4) * 2 + b"\x08\x00\x00\x00\x00" + bytes(4)
    (tmp_path / "wide.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + bytes(20))

    ran = verify(tmp_path / "wide.png")

    assert ran.exit_code == 2
    assert "IMAGE_TOO_LARGE" in ran.stderr


def test_what_holds_no_code_does_not_keep_the_others_from_an_answer(
    verify: Terminal, token: str, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").touch()

    ran = verify(token, tmp_path / "empty.txt", pack(token), "--json")

    assert ran.exit_code == 2
    assert [json.loads(line)["verdict"] for line in ran.stdout.splitlines()] == ["ACCEPT"] * 2
    assert ran.stderr.count("\n") == 1


def test_bytes_that_are_no_text_are_named(verify: Terminal) -> None:
    ran = verify("eyJ\udcff")

    assert ran.exit_code == 2
    assert "MEDIA_TYPE_NOT_ALLOWED" in ran.stderr
