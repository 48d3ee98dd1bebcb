"""What the environment may say, and what each refusal tells."""

from pathlib import Path
from uuid import uuid4

import pytest

from phb.core.settings import Settings, SettingsError


def test_nothing_set_means_the_embedded_server_and_the_system_clock() -> None:
    settings = Settings.from_environment({"HOME": "/home/somebody"})
    assert settings == Settings(database_url=None, var_path=Path("var"), clock="system", key_path=None)


def test_every_setting_is_read(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.touch()
    settings = Settings.from_environment(
        {
            "PHB_DATABASE_URL": "postgresql+psycopg://me@here/books",
            "PHB_VAR": "elsewhere",
            "PHB_CLOCK": "settable",
            "PHB_KEY_FILE": str(key),
            "PHB_MAIL_FOLDER": str(tmp_path),
            "PHB_HEADS_FOLDER": str(tmp_path / ".."),
        }
    )
    address = "postgresql+psycopg://me@here/books"
    assert settings == Settings(address, Path("elsewhere"), "settable", key, tmp_path, tmp_path / "..")


def test_the_system_clock_can_be_asked_for_by_name() -> None:
    assert Settings.from_environment({"PHB_CLOCK": "system"}).clock == "system"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PHB_COLOUR", "blue", "PHB_COLOUR is not a setting; unset it"),
        ("PHB_VAR", " ", "PHB_VAR is empty; unset it"),
        ("PHB_DATABASE_URL", "sqlite:///books.db", "must look like postgresql://"),
        ("PHB_DATABASE_URL", "books", "must look like postgresql://"),
        ("PHB_CLOCK", "sundial", 'must be "system" or "settable"'),
        ("PHB_KEY_FILE", "/nowhere/key", "names no file"),
        ("PHB_MAIL_FOLDER", "/nowhere/mail", "names no folder"),
        ("PHB_HEADS_FOLDER", "/nowhere/heads", "names no folder"),
    ],
)
def test_an_odd_setting_is_refused_with_what_to_do(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        Settings.from_environment({name: value})


def test_a_refusal_never_repeats_a_password() -> None:
    word = uuid4().hex
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment({"PHB_DATABASE_URL": f"mysql://me:{word}@here/books"})
    assert word not in str(refusal.value)
