"""The manifest: where a producer's key is configured, only what it vouches for is used."""

from pathlib import Path
from typing import Any

import pytest

from keys.signer import KeySigner
from service.credential import jws
from service.domain.verdict import Unavailable
from service.storage.bundle import Bundle, BundleRefused, Unusable, write_document, write_policy
from service.storage.manifest import TYP, sign_manifest
from tests.storage.papers import (
    AT,
    BODY,
    DAY_S,
    NUMBER,
    OTHER,
    SIGNER,
    URI,
    a_folder,
    a_list,
    a_record,
    a_statement,
)

PRODUCERS = (SIGNER.public,)


def vouch(folder: Path, signer: KeySigner = SIGNER) -> Path:
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name != "manifest.jwt"
    }
    token = sign_manifest(files, signer, producer="https://p.example", at=AT, life_s=DAY_S)
    (folder / "manifest.jwt").write_text(f"{token}\n")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return vouch(a_folder(tmp_path))


def named(bundle: Bundle) -> list[Unusable]:
    return list(bundle.unusable)


def refusal(folder: Path) -> str:
    with pytest.raises(BundleRefused) as refused:
        Bundle.load(folder, PRODUCERS)
    return str(refused.value)


def test_a_folder_as_it_was_produced_is_used_whole(folder: Path) -> None:
    bundle = Bundle.load(folder, PRODUCERS)

    assert bundle.unusable == ()
    assert bundle.record(BODY, NUMBER) == a_record()


def test_a_file_that_differs_is_named_and_not_used(folder: Path) -> None:
    write_document(folder, "status", "1", a_list(AT + 60))

    bundle = Bundle.load(folder, PRODUCERS)

    assert bundle.unusable == (Unusable("status/1.jwt", "FILE_DIFFERS"),)
    with pytest.raises(Unavailable):
        bundle.status_list(URI)


def test_a_file_that_the_producer_did_not_list_is_named_and_not_used(folder: Path) -> None:
    write_document(folder, "status", "2", a_list(AT + 60))

    bundle = Bundle.load(folder, PRODUCERS)

    assert bundle.unusable == (Unusable("status/2.jwt", "FILE_UNLISTED"),)
    assert bundle.status_list(URI) == a_list()


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "statements" / "cb-a.jwt").unlink()

    assert Bundle.load(folder, PRODUCERS).unusable == (
        Unusable("statements/cb-a.jwt", "FILE_MISSING"),
    )


def test_without_a_producers_key_nobody_looks_at_the_manifest(folder: Path) -> None:
    write_document(folder, "status", "1", a_list(AT + 60))
    (folder / "manifest.jwt").write_text("nonsense")

    assert Bundle.load(folder).unusable == ()


def test_anchors_that_differ_refuse_the_folder(folder: Path) -> None:
    anchors = folder / "anchors.json"
    anchors.write_text(f"{anchors.read_text()}\n")

    assert refusal(folder) == (
        "anchors.json cannot be used: it is not the file that its producer has vouched for."
    )


def test_a_policy_added_later_refuses_the_folder(folder: Path) -> None:
    write_policy(folder, {"policy": {"unaccredited": "warn"}})

    assert refusal(folder).startswith("policy.json cannot be used: it is not the file")


def test_a_policy_taken_away_refuses_the_folder(folder: Path) -> None:
    write_policy(folder, {"policy": {"unaccredited": "reject"}})
    vouch(folder)
    (folder / "policy.json").unlink()

    assert refusal(folder).startswith("policy.json cannot be used: it is not the file")


def test_without_its_manifest_the_folder_is_refused(folder: Path) -> None:
    (folder / "manifest.jwt").unlink()

    assert refusal(folder).startswith("manifest.jwt cannot be used: a configured producer must")


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda folder: vouch(folder, OTHER), "KEY_UNKNOWN"),
        (lambda folder: vouch(folder, KeySigner.generate(SIGNER.kid)), "SIGNATURE_INVALID"),
        (lambda folder: (folder / "manifest.jwt").write_text(a_statement()), "JOSE_TYP_MISMATCH"),
    ],
)
def test_a_manifest_of_somebody_else_refuses_the_folder(
    folder: Path, forge: Any, code: str
) -> None:
    forge(folder)

    assert f"no configured producer vouches for this folder ({code})" in refusal(folder)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"files": []}, "CLAIM_TYPE"),
        ({"files": {"status/1.jwt": "short"}}, "CLAIM_TYPE"),
        ({"files": None}, "CLAIM_MISSING"),
        ({"exp": None}, "CLAIM_MISSING"),
        ({"surprise": 1}, "CLAIM_UNKNOWN"),
    ],
)
def test_a_manifest_of_another_shape_refuses_the_folder(
    folder: Path, changed: dict[str, Any], code: str
) -> None:
    claims = {"iss": "https://p.example", "iat": AT, "exp": AT + 1, "files": {}, **changed}
    (folder / "manifest.jwt").write_text(jws.sign(claims, SIGNER, typ=TYP))

    assert f"({code})" in refusal(folder)


def test_a_manifest_for_updates_is_read_like_any_other(folder: Path) -> None:
    claims = {
        "iss": "p",
        "iat": AT,
        "exp": AT + 1,
        "files": {},
        "seq": 7,
        "lists": [],
        "deltas": [],
    }
    (folder / "manifest.jwt").write_text(jws.sign(claims, SIGNER, typ=TYP))

    assert refusal(folder).startswith("anchors.json cannot be used: it is not the file")


def test_a_running_service_keeps_what_it_has_while_nobody_vouches(folder: Path) -> None:
    bundle = Bundle.load(folder, PRODUCERS, look_every_s=0)
    write_document(folder, "status", "1", a_list(AT + 60))
    (folder / "manifest.jwt").write_text("half")
    assert named(bundle) == [Unusable("manifest.jwt", "BUNDLE_UNUSABLE")]
    assert bundle.status_list(URI) == a_list()

    vouch(folder)

    assert named(bundle) == []
    assert bundle.status_list(URI) == a_list(AT + 60)
