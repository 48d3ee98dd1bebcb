"""Bank details at rest open with their key, in their own row, unchanged, and in no other case."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.payments import vault
from phb.payments.payees.details import BankDetails
from phb.payments.vault import KeyFileError, NoKeyError, Sealed, TamperedError, Vault, make_key_file

ROW = uuid4()
SECRET = b"66374958"


def test_a_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "bank.key"
    made = make_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert make_key_file(path) == made


def test_what_is_sealed_opens_in_its_own_row(keys: Vault) -> None:
    sealed = keys.seal(SECRET, for_row=ROW)
    assert SECRET not in sealed.content
    assert keys.open(sealed, for_row=ROW) == SECRET
    assert keys.seal(SECRET, for_row=ROW).content != sealed.content
    with pytest.raises(TamperedError):
        keys.open(sealed, for_row=uuid4())


def test_changed_bytes_are_refused_with_a_sentence(keys: Vault) -> None:
    sealed = keys.seal(SECRET, for_row=ROW)
    changed = Sealed(sealed.key_id, sealed.content[:-1] + bytes([sealed.content[-1] ^ 1]))
    with pytest.raises(TamperedError, match="were changed in the database"):
        keys.open(changed, for_row=ROW)


def test_a_key_that_is_gone_is_named(keys: Vault) -> None:
    sealed = keys.seal(SECRET, for_row=ROW)
    with pytest.raises(NoKeyError, match=keys.key_id):
        Vault({"other": bytes(32)}, "other").open(sealed, for_row=ROW)


def test_a_new_key_seals_and_an_old_one_still_opens(tmp_path: Path, keys: Vault) -> None:
    sealed = keys.seal(SECRET, for_row=ROW)
    path = tmp_path / "bank.key"
    new = make_key_file(path)
    old = make_key_file(tmp_path / "old.key")
    path.write_text(path.read_text() + (tmp_path / "old.key").read_text())
    both = Vault.from_file(path)
    assert both.key_id == new.key_id
    assert both.open(old.seal(SECRET, for_row=ROW), for_row=ROW) == SECRET
    assert sealed.key_id not in both.keys


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bank.key"
    make_key_file(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        Vault.from_file(path)


@pytest.mark.parametrize("text", ["", "nonsense\n", "a c2hvcnQ=\n", "a A\n"])
def test_a_key_file_without_a_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bank.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileError):
        Vault.from_file(path)


def test_a_session_without_a_key_says_how_to_give_one(session_factory: sessionmaker[Session]) -> None:
    with session_factory() as session, pytest.raises(NoKeyError, match="PHB_KEY_FILE"):
        vault.of(session)


def test_nothing_prints_a_key_or_an_account(keys: Vault) -> None:
    assert str(keys.keys[keys.key_id]) not in repr(keys)
    assert repr(BankDetails("08-99-99", "66374958", "A Example")) == "BankDetails()"


def test_another_purpose_has_a_secret_of_its_own(keys: Vault) -> None:
    secret = keys.secret_for("page sessions")
    assert len(secret) == 32
    assert secret == keys.secret_for("page sessions")
    assert secret not in {keys.secret_for("another"), *keys.keys.values()}
