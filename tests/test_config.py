"""Settings: read once, from the environment and one file; what is not a setting is refused."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from keys.signer import PASSPHRASE_FILE_VARIABLE, PASSPHRASE_VARIABLE
from service.config import ROWS, SettingRefused, Settings, load_settings, settings_table


def refusal(environ: Mapping[str, str]) -> tuple[str, str]:
    with pytest.raises(SettingRefused) as refused:
        load_settings(environ)
    return refused.value.code, refused.value.name


def test_without_anything_the_defaults_hold() -> None:
    assert load_settings({"PATH": "/usr/bin", "LANG": "C"}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "proofmark.toml"
    file.write_text('port = 8080\nthreads = 2\ntrusted_hosts = ["a.example"]\n', "utf-8")

    settings = load_settings({"PROOFMARK_CONFIG": str(file), "PROOFMARK_PORT": "9000"})

    assert (settings.port, settings.threads, settings.trusted_hosts) == (9000, 2, ("a.example",))


@pytest.mark.parametrize(
    ("environ", "code", "name"),
    [
        ({"PROOFMARK_COLOUR": "red"}, "UNKNOWN_SETTING", "colour"),
        ({"PROOFMARK_PORT": "65536"}, "BAD_SETTING", "port"),
        ({"PROOFMARK_PORT": "-1"}, "BAD_SETTING", "port"),
        ({"PROOFMARK_PORT": "٨"}, "BAD_SETTING", "port"),
        ({"PROOFMARK_THREADS": "0"}, "BAD_SETTING", "threads, max_form_parts"),
        ({"PROOFMARK_BASE_URL": "proofmark.example"}, "BAD_SETTING", "base_url"),
        ({"PROOFMARK_BASE_URL": "https://proofmark.example/"}, "BAD_SETTING", "base_url"),
        ({"PROOFMARK_BASE_URL": "https://u@proofmark.example"}, "BAD_SETTING", "base_url"),
        ({"PROOFMARK_ACCESS_LOG": "yes"}, "BAD_SETTING", "access_log"),
        ({"PROOFMARK_DEBUG": "true"}, "DEBUG_IN_PRODUCTION", "debug"),
        ({"PROOFMARK_CONFIG": "/no/such/file"}, "BAD_SETTING", "PROOFMARK_CONFIG"),
    ],
)
def test_what_cannot_be_read_stops_the_start(
    environ: Mapping[str, str], code: str, name: str
) -> None:
    assert refusal(environ) == (code, name)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "proofmark.toml"
    file.write_text("port: 8080\n", "utf-8")

    assert refusal({"PROOFMARK_CONFIG": str(file)}) == ("BAD_SETTING", "PROOFMARK_CONFIG")


def test_debugging_is_for_developers() -> None:
    assert load_settings({"PROOFMARK_DEBUG": "true", "PROOFMARK_PRODUCTION": "false"}).debug


def test_secrets_and_folders_of_other_commands_are_no_settings() -> None:
    secret = "correct horse"
    environ = {
        PASSPHRASE_VARIABLE: secret,
        PASSPHRASE_FILE_VARIABLE: "/run/secrets/passphrase",
        "PROOFMARK_BUNDLE": "demo-world/bundle",
    }

    settings = load_settings(environ)

    assert settings == Settings()
    assert secret not in repr(settings)


def test_hosts_are_the_public_one_and_on_a_developers_machine_all_its_names() -> None:
    assert Settings(base_url="https://a.example", trusted_hosts=("b.example",)).hosts == (
        "a.example",
        "b.example",
    )
    assert set(Settings(base_url="http://127.0.0.1:8000").hosts) == {"127.0.0.1", "localhost"}


def test_every_setting_has_a_row_with_a_sentence() -> None:
    table = settings_table()

    for name, row in ROWS.items():
        assert f"| `{name}` | `PROOFMARK_{name.upper()}` |" in table
        assert row.metadata["doc"].endswith(".")
