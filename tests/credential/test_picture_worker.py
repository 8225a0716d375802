"""The process that decodes: limited in time, memory and reach, and proof against any damage."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from service.credential import picture, picture_worker
from service.credential.picture import PictureRefused, read_codes
from tests.credential.pictures import SYSTEM, drawn, saved


def test_a_picture_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # Corner marks everywhere: the reader tries every three of them.
    mark = Image.new("L", (18, 18), 255)
    for inset, level in ((0, 0), (2, 255), (4, 0)):
        mark.paste(level, (inset, inset, 14 - inset, 14 - inset))
    trap = Image.new("L", (4_500, 4_500), 255)
    for at in range(0, 4_500, 18):
        trap.paste(mark, (at, 0))
    row = trap.crop((0, 0, 4_500, 18))
    for at in range(18, 4_500, 18):
        trap.paste(row, (0, at))
    monkeypatch.setattr(picture, "TIMEOUT_S", 0.5)

    with pytest.raises(PictureRefused, match="IMAGE_TOO_LARGE"):
        read_codes(saved(trap))


def test_the_decoder_can_open_nothing_and_take_little() -> None:
    harmless = """if True:
        import json, os, resource, socket
        from service.credential import picture_worker
        picture_worker._give_up_everything()
        refused = []
        for attempt in (socket.socket, lambda: open(os.devnull), lambda: bytearray(1 << 30)):
            try:
                attempt()
            except (OSError, MemoryError) as fault:
                refused.append(type(fault).__name__)
        print(json.dumps(refused))
    """

    ran = subprocess.run([sys.executable, "-c", harmless], capture_output=True, check=True)

    assert json.loads(ran.stdout) == ["OSError", "OSError", "MemoryError"]


def test_a_decoder_that_does_not_start_is_our_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(picture, "_WORKER", tmp_path / "absent.py")

    with pytest.raises(RuntimeError, match="does not start"):
        read_codes(saved(drawn()))


def test_both_ends_speak_the_same_words() -> None:
    assert (picture._READY, picture._TOO_LARGE) == (picture_worker.READY, picture_worker.TOO_LARGE)


def test_reading_a_text_needs_none_of_the_picture_libraries() -> None:
    script = (
        "import sys; from service.credential import packing, picture, qr;"
        "sys.exit(bool({'PIL', 'zxingcpp', 'pypdfium2', 'qrcode'} & sys.modules.keys()))"
    )

    ran = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=False)

    assert ran.returncode == 0


WHOLE = [saved(drawn(pixels=3)), saved(drawn(pixels=3), "JPEG"), saved(drawn(pixels=3), "PDF")]


@settings(deadline=None, max_examples=30)
@given(
    whole=st.sampled_from(WHOLE),
    places=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=9),
)
def test_no_damage_does_more_than_be_refused(whole: bytes, places: list[tuple[int, int]]) -> None:
    damaged = bytearray(whole)
    for at, value in places:
        damaged[at] = value

    try:
        texts = read_codes(bytes(damaged))
    except PictureRefused as refused:
        assert refused.code in {"MEDIA_TYPE_NOT_ALLOWED", "IMAGE_TOO_LARGE"}
    else:
        assert set(texts) <= {SYSTEM}
