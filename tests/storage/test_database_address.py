"""Where the register is: addresses of databases as people write them."""

from pathlib import Path

import pytest
from sqlalchemy import text

from service.storage.database import Database, database_url


@pytest.mark.parametrize("letters", ["what?", "a%20b", "über uns", "c#1"])
def test_a_folder_may_have_any_name(tmp_path: Path, letters: str) -> None:
    folder = tmp_path / letters
    folder.mkdir()
    database = Database(f"sqlite:///{folder}/register.db")
    database.write(lambda c: c.execute(text("CREATE TABLE one (n INTEGER)")))
    database.close()

    assert (folder / "register.db").is_file()


@pytest.mark.parametrize(
    "address", ["", "register.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://h/d"]
)
def test_what_is_no_register_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"database|memory"):
        database_url(address)


def test_a_wrong_address_is_not_quoted_back() -> None:
    with pytest.raises(ValueError, match="database") as refused:
        database_url("mysql://me:secret@host/db")

    assert "secret" not in str(refused.value)
