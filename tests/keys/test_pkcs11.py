"""Keys in a hardware module: what they sign, who may use them, and that they never leave it."""

import gc
import multiprocessing
import os
import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from multiprocessing.connection import Connection

import jwt
import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from pkcs11 import Attribute, KeyType, ObjectClass

from keys import module
from keys.jwk import import_public
from keys.module import KeyUnusable, Token
from keys.pkcs11 import KeyObject, Pkcs11Signer
from keys.signer import Signer
from service.credential import jws
from tests.keys.softhsm import PIN, SoftHsm

TYP = "certificate+jwt"
CLAIMS = {"iss": "https://cb-a.example", "jti": "CB-A/2024/0113"}
P256 = bytes.fromhex("06082a8648ce3d030107")
P384 = bytes.fromhex("06052b81040022")
_NUMBERS = count(1)
# Of a session that was lost, the binding also complains that it cannot end the search that failed:
# while it tidies up, to nobody.
unended_searches = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def place(softhsm: SoftHsm) -> KeyObject:
    """A place in the token where no key is yet."""
    return KeyObject(softhsm.token, f"cb1-{next(_NUMBERS):04}")


@pytest.fixture
def signer(place: KeyObject) -> Pkcs11Signer:
    return Pkcs11Signer.generate(place, PIN)


@pytest.fixture(autouse=True)
def new_process(softhsm: SoftHsm) -> Iterator[None]:
    """Each test begins like a process that has not met a token yet."""
    yield
    for session in module._process.sessions.values():
        session.close()
    module._begin_anew()


@contextmanager
def inside(token: Token, pin: str = PIN) -> Iterator[pkcs11.Session]:
    """A session beside ours, for what Proofmark itself never does; ours is closed before."""
    held = module._process.sessions.pop(token, None)
    if held is not None:
        held.close()
    with (
        pkcs11.lib(token.module)
        .get_token(token_label=token.label)
        .open(rw=True, user_pin=pin) as session
    ):
        yield session


def make_pair(session: pkcs11.Session, label: str, key_id: bytes, curve: bytes = P256) -> None:
    session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True
    ).generate_keypair(store=True, label=label, id=key_id)


def refusal(place: KeyObject, pin: str = PIN) -> str:
    with pytest.raises(KeyUnusable) as refused:
        Pkcs11Signer.open(place, pin)
    return refused.value.code


# Signing


def test_a_key_in_a_module_signs_what_everybody_verifies(signer: Pkcs11Signer) -> None:
    as_any_signer: Signer = signer
    token = jws.sign(CLAIMS, as_any_signer, typ=TYP)

    public = import_public(signer.public_jwk())
    assert jws.verify(jws.parse(token, typ=TYP), public).claims == CLAIMS
    key = jwt.PyJWK(signer.public_jwk())
    assert jwt.decode(token, key, algorithms=["ES256"], options={"verify_iat": False}) == CLAIMS


def test_its_signature_is_r_and_s_and_no_der(signer: Pkcs11Signer) -> None:
    signature = signer.sign(b"message")
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    key = jwt.PyJWK(signer.public_jwk()).key

    assert len(signature) == 64
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(encode_dss_signature(r, s), b"message", ec.ECDSA(SHA256()))
    assert not signer.public.verify(signature, b"another message")


def test_short_r_and_s_keep_their_zeros(signer: Pkcs11Signer) -> None:
    # One in 128 signatures has a leading zero byte in either half.
    signatures = [signer.sign(number.to_bytes(2)) for number in range(700)]

    assert {len(signature) for signature in signatures} == {64}
    assert any(0 in (signature[0], signature[32]) for signature in signatures)


def test_ed25519_signs_too(place: KeyObject) -> None:
    signer = Pkcs11Signer.generate(place, PIN, "EdDSA")
    token = jws.sign(CLAIMS, signer, typ=TYP)

    assert signer.algorithm == "EdDSA"
    assert jws.verify(jws.parse(token, typ=TYP), signer.public).claims == CLAIMS
    key = jwt.PyJWK(signer.public_jwk())
    assert jwt.decode(token, key, algorithms=["EdDSA"]) == CLAIMS


def test_keys_are_made_only_for_what_is_verified(place: KeyObject) -> None:
    with pytest.raises(ValueError, match="ES256"):
        Pkcs11Signer.generate(place, PIN, "RS256")


def test_a_key_is_called_by_its_label(place: KeyObject, signer: Pkcs11Signer) -> None:
    assert signer.kid == place.label == signer.public_jwk()["kid"]
    assert Pkcs11Signer.open(place, PIN) == signer


def test_a_label_that_is_no_name_leaves_a_key_its_thumbprint(place: KeyObject) -> None:
    signer = Pkcs11Signer.generate(replace(place, label=f"CB signing, {place.label}"), PIN)

    assert signer.kid == signer.public.thumbprint


# Threads, children, lost sessions


def test_threads_may_share_a_signer(signer: Pkcs11Signer) -> None:
    messages = [number.to_bytes(2) for number in range(400)]

    with ThreadPoolExecutor(4) as threads:
        signatures = list(threads.map(signer.sign, messages))

    assert all(map(signer.public.verify, signatures, messages))
    assert len(module._process.sessions) == 1


def test_threads_may_open_their_keys_at_once(place: KeyObject, signer: Pkcs11Signer) -> None:
    for session in module._process.sessions.values():
        session.close()  # a log-in holds for the whole process
    module._begin_anew()

    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(lambda _: Pkcs11Signer.open(place, PIN), range(8)))

    assert opened == [signer] * 8
    assert len(module._process.sessions) == 1


def _sign_and_tell(signer: Pkcs11Signer, said: Connection, deep: int) -> None:
    said.send((os.getpid(), signer.sign(b"child")))
    # It has begun with the module by itself, as the standard wants.
    assert module._initialised[signer.place.token.module] == os.getpid()
    if deep:
        process = multiprocessing.get_context("fork").Process(
            target=_sign_and_tell, args=(signer, said, deep - 1)
        )
        process.start()
        process.join(20)
        assert process.exitcode == 0
    said.send((os.getpid(), signer.sign(b"child")))


# Our threads are at rest when we fork.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_and_a_grandchild_sign_and_the_parent_goes_on(signer: Pkcs11Signer) -> None:
    before = module._process.sessions[signer.place.token]
    fork = multiprocessing.get_context("fork")
    heard, said = fork.Pipe(duplex=False)
    child = fork.Process(target=_sign_and_tell, args=(signer, said, 1))
    child.start()
    # While the child has the module open as well.
    while_it_signs = [signer.sign(b"parent") for _ in range(50)]
    child.join(20)
    told = [heard.recv() for _ in range(4) if heard.poll(1)]

    assert child.exitcode == 0
    assert len({pid for pid, _ in told} - {os.getpid()}) == 2
    assert len(told) == 4
    assert all(signer.public.verify(signature, b"child") for _, signature in told)
    assert all(signer.public.verify(signature, b"parent") for signature in while_it_signs)
    assert module._process.sessions[signer.place.token] is before


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_turn_that_was_taken_at_the_fork_does_not_block_the_child(signer: Pkcs11Signer) -> None:
    fork = multiprocessing.get_context("fork")
    heard, said = fork.Pipe(duplex=False)
    with module._process.turn:
        child = fork.Process(target=_sign_and_tell, args=(signer, said, 0))
        child.start()
        child.join(20)

    assert child.exitcode == 0
    assert signer.public.verify(heard.recv()[1], b"child")


def test_a_session_that_was_lost_is_opened_anew(signer: Pkcs11Signer) -> None:
    lost = module._process.sessions[signer.place.token]
    pkcs11.lib(signer.place.token.module).reinitialize()  # as after a restart of the module

    assert signer.public.verify(signer.sign(b"message"), b"message")
    assert module._process.sessions[signer.place.token] is not lost


# The binding tidies up after an operation of a session that is gone, and complains of it.
@unended_searches
def test_a_loss_that_is_noticed_while_looking_for_a_key_is_made_good_too(
    place: KeyObject, signer: Pkcs11Signer
) -> None:
    pkcs11.lib(place.token.module).reinitialize()

    assert Pkcs11Signer.open(place, PIN) == signer
    gc.collect()  # so that it complains here


@unended_searches
def test_a_session_is_opened_anew_only_once(
    signer: Pkcs11Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, opening = [], module._open

    def open_and_lose(token: Token, pin: str, process: module._Process) -> module.Session:
        opened.append(token)
        session = opening(token, pin, process)
        session.close()
        return session

    monkeypatch.setattr(module, "_open", open_and_lose)
    pkcs11.lib(signer.place.token.module).reinitialize()
    with pytest.raises(KeyUnusable) as refused:
        signer.sign(b"message")

    assert opened == [signer.place.token]
    assert refused.value.code == "KEY_MODULE_FAILED"
    assert refused.value.why == "SessionHandleInvalid"
    del refused
    gc.collect()


def test_a_log_in_whose_session_got_lost_is_ended_and_the_pin_asked_for_again(
    signer: Pkcs11Signer,
) -> None:
    del module._process.sessions[signer.place.token]

    assert refusal(signer.place, "k3-desk-4474") == "KEY_FILE_LOCKED"
    assert Pkcs11Signer.open(signer.place, PIN) == signer


def test_a_key_that_is_gone_is_unknown(signer: Pkcs11Signer) -> None:
    with inside(signer.place.token) as session:
        for half in list(session.get_objects({Attribute.LABEL: signer.place.label})):
            half.destroy()

    with pytest.raises(KeyUnusable) as refused:
        signer.sign(b"message")

    assert refused.value.code == "KEY_UNKNOWN"


# What never leaves


def test_a_key_cannot_be_taken_out(signer: Pkcs11Signer) -> None:
    with inside(signer.place.token) as session:
        key = session.get_key(ObjectClass.PRIVATE_KEY, label=signer.place.label)

        assert key[Attribute.SENSITIVE]
        assert key[Attribute.ALWAYS_SENSITIVE]
        assert not key[Attribute.EXTRACTABLE]
        assert key[Attribute.NEVER_EXTRACTABLE]
        assert key[Attribute.PRIVATE]
        assert key[Attribute.TOKEN]
        assert not key[Attribute.DERIVE]
        with pytest.raises(pkcs11.AttributeSensitive):
            key[Attribute.VALUE]


@pytest.mark.parametrize("attribute", [Attribute.EXTRACTABLE, Attribute.SENSITIVE])
def test_nor_can_it_be_made_to_leave_later(signer: Pkcs11Signer, attribute: Attribute) -> None:
    with inside(signer.place.token) as session:
        key = session.get_key(ObjectClass.PRIVATE_KEY, label=signer.place.label)

        with pytest.raises(pkcs11.PKCS11Error):
            key[attribute] = attribute is Attribute.EXTRACTABLE


def test_a_signer_shows_no_pin(signer: Pkcs11Signer) -> None:
    session = module._process.sessions[signer.place.token]

    assert PIN not in f"{signer} {signer!r} {signer.place!r} {signer.public!r} {session!r}"


def test_a_signer_does_not_travel(signer: Pkcs11Signer) -> None:
    with pytest.raises(TypeError, match="its PIN does not travel"):
        pickle.dumps(signer)


# Refusals


def test_a_wrong_pin_opens_nothing(signer: Pkcs11Signer) -> None:
    module._process.sessions.pop(signer.place.token).close()

    with pytest.raises(KeyUnusable) as refused:
        Pkcs11Signer.open(signer.place, "k3-desk-4472")

    assert refused.value.code == "KEY_FILE_LOCKED"
    assert refused.value.why == "PinIncorrect"
    assert "4472" not in repr(refused.value)
    assert refused.value.__suppress_context__


def test_a_wrong_pin_opens_nothing_behind_one_who_is_logged_in(signer: Pkcs11Signer) -> None:
    assert refusal(signer.place, "k3-desk-4472") == "KEY_FILE_LOCKED"
    assert refusal(signer.place, "") == "KEY_FILE_LOCKED"
    assert signer.sign(b"message")


def test_a_pin_that_was_refused_is_not_tried_again(softhsm: SoftHsm) -> None:
    place, later = KeyObject(softhsm.spare, "cb1-0001"), "k3-desk-4473"
    Pkcs11Signer.generate(place, PIN)
    module._process.sessions.pop(softhsm.spare).close()
    assert refusal(place, later) == "KEY_FILE_LOCKED"
    with inside(softhsm.spare) as session:
        session.set_pin(PIN, later)

    # It would open the token by now: that it does not shows that the token was not asked.
    assert refusal(place, later) == "KEY_FILE_LOCKED"
    module._begin_anew()
    assert Pkcs11Signer.open(place, later).kid == "cb1-0001"
    with inside(softhsm.spare, later) as session:
        session.set_pin(later, PIN)


def test_a_key_that_is_not_there_is_unknown(place: KeyObject) -> None:
    assert refusal(place) == "KEY_UNKNOWN"


def test_a_key_is_not_made_where_its_label_is_taken(signer: Pkcs11Signer) -> None:
    with pytest.raises(KeyUnusable) as refused:
        Pkcs11Signer.generate(signer.place, PIN)

    assert refused.value.code == "KEY_EXISTS"
    assert Pkcs11Signer.open(signer.place, PIN) == signer


def test_of_two_keys_with_one_label_none_is_guessed(place: KeyObject) -> None:
    with inside(place.token) as session:
        make_pair(session, place.label, b"one")
        make_pair(session, place.label, b"two")

    assert refusal(place) == "KEY_DUPLICATE_KID"
    one, two = (Pkcs11Signer.open(replace(place, id=name), PIN) for name in (b"one", b"two"))
    assert one.kid == two.kid
    assert one.public.thumbprint != two.public.thumbprint
    assert two.public.verify(two.sign(b"message"), b"message")
    assert refusal(replace(place, id=b"three")) == "KEY_UNKNOWN"


def test_keys_of_one_id_are_told_by_their_label(place: KeyObject) -> None:
    other = replace(place, label=f"{place.label}-b")
    with inside(place.token) as session:
        make_pair(session, place.label, place.label.encode())
        make_pair(session, other.label, place.label.encode())

    assert Pkcs11Signer.open(place, PIN) != Pkcs11Signer.open(other, PIN)


def test_two_halves_that_do_not_belong_together_are_no_key(place: KeyObject) -> None:
    key_id, other_id = place.label.encode(), f"{place.label}-other".encode()
    with inside(place.token) as session:
        make_pair(session, place.label, key_id)
        make_pair(session, f"{place.label}-other", other_id)
        session.get_key(ObjectClass.PUBLIC_KEY, id=key_id).destroy()
        session.get_key(ObjectClass.PUBLIC_KEY, id=other_id)[Attribute.ID] = key_id

    assert refusal(place) == "KEY_INVALID"


def test_a_key_without_its_public_half_is_unknown(place: KeyObject) -> None:
    with inside(place.token) as session:
        make_pair(session, place.label, place.label.encode())
        session.get_key(ObjectClass.PUBLIC_KEY, label=place.label).destroy()

    assert refusal(place) == "KEY_UNKNOWN"


def test_other_curves_do_not_sign(place: KeyObject) -> None:
    with inside(place.token) as session:
        make_pair(session, place.label, place.label.encode(), P384)

    assert refusal(place) == "KEY_TYPE_NOT_ALLOWED"


def test_other_kinds_of_key_do_not_sign(place: KeyObject) -> None:
    with inside(place.token) as session:
        session.generate_keypair(KeyType.RSA, 2048, store=True, label=place.label, id=b"rsa")

    assert refusal(place) == "KEY_TYPE_NOT_ALLOWED"


def test_a_key_that_may_not_sign_does_not(place: KeyObject) -> None:
    with inside(place.token) as session:
        session.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: P256}, local=True
        ).generate_keypair(
            store=True, label=place.label, id=b"derive", capabilities=pkcs11.MechanismFlag.DERIVE
        )

    assert refusal(place) == "KEY_TYPE_NOT_ALLOWED"


@pytest.mark.parametrize("path", ["/no/such/module.so", __file__])
def test_what_is_no_module_is_not_loaded(softhsm: SoftHsm, path: str) -> None:
    with pytest.raises(KeyUnusable) as refused:
        Pkcs11Signer.open(KeyObject(Token(path, "registry"), "cb1-2026"), PIN)

    assert refused.value.code == "KEY_MODULE_FAILED"
    assert refused.value.why == "the module cannot be loaded"


def test_a_token_that_is_not_there_is_said(softhsm: SoftHsm) -> None:
    with pytest.raises(KeyUnusable) as refused:
        Pkcs11Signer.open(KeyObject(Token(softhsm.module, "elsewhere"), "cb1-2026"), PIN)

    assert refused.value.code == "KEY_MODULE_FAILED"
    assert refused.value.why == "there is no such token"


def test_tokens_of_one_label_are_told_by_their_serial(softhsm: SoftHsm) -> None:
    twin = Token(softhsm.module, "twin")
    serials = [
        token.serial.decode() for token in pkcs11.lib(softhsm.module).get_tokens(token_label="twin")
    ]
    with pytest.raises(KeyUnusable) as refused:
        Pkcs11Signer.open(KeyObject(twin, "cb1-2026"), PIN)
    one, two = (
        Pkcs11Signer.generate(KeyObject(replace(twin, serial=serial), "cb1-2026"), PIN)
        for serial in serials
    )

    assert refused.value.why == "several tokens have this label"
    assert one.public.thumbprint != two.public.thumbprint
    assert one.public.verify(one.sign(b"message"), b"message")


def test_without_the_binding_a_key_in_a_module_says_what_is_missing(
    place: KeyObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)

    with pytest.raises(KeyUnusable) as refused:
        Pkcs11Signer.open(place, PIN)

    assert refused.value.code == "KEY_MODULE_ABSENT"
    assert "proofmark[hsm]" in str(refused.value)
