"""What this installation is told from outside, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Self

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class SettingsError(Exception):
    """A setting is missing, odd or unknown; the sentence says what to do."""


@dataclass(frozen=True)
class Settings:
    """Every setting of an installation.

    `database_url` is a PostgreSQL address, or None for the embedded server under `var_path`. `clock` is fixed for a
    database when it is made: only a "settable" one can be moved forward. `key_path` is the file holding the key that
    bank details are encrypted with. `mail_path` is the folder that mail is put into; without one it waits.
    `heads_path` is the folder that the heads of seals are written into; keep it where whoever runs the database cannot
    write.
    """

    database_url: str | None = None
    var_path: Path = Path("var")
    clock: Literal["system", "settable"] = "system"
    key_path: Path | None = None
    mail_path: Path | None = None
    heads_path: Path | None = None

    NAMES: ClassVar = (
        "PHB_DATABASE_URL",
        "PHB_VAR",
        "PHB_CLOCK",
        "PHB_KEY_FILE",
        "PHB_MAIL_FOLDER",
        "PHB_HEADS_FOLDER",
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the settings that the environment's PHB_ variables hold.

        Raises:
            SettingsError: a PHB_ variable is unknown, empty or holds something odd.
        """
        given = {name: value for name, value in environment.items() if name.startswith("PHB_")}
        _refuse_unknown_or_empty(given, cls.NAMES)
        return cls(
            database_url=_database_url(given.get("PHB_DATABASE_URL")),
            var_path=Path(given.get("PHB_VAR", "var")),
            clock=_clock(given.get("PHB_CLOCK", "system")),
            key_path=_key_path(given.get("PHB_KEY_FILE")),
            mail_path=_folder("PHB_MAIL_FOLDER", given),
            heads_path=_folder("PHB_HEADS_FOLDER", given),
        )


def _refuse_unknown_or_empty(given: Mapping[str, str], known: tuple[str, ...]) -> None:
    for name, value in sorted(given.items()):
        if name not in known:
            raise SettingsError(f"{name} is not a setting; unset it, or use one of {', '.join(known)}.")
        if not value.strip():
            raise SettingsError(f"{name} is empty; unset it or give it a value.")


def _database_url(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        backend = make_url(value).get_backend_name()
    except ArgumentError:
        backend = "unreadable"
    if backend != "postgresql":
        raise SettingsError("PHB_DATABASE_URL must look like postgresql://user@host/database; correct it or unset it.")
    return value


def _clock(value: str) -> Literal["system", "settable"]:
    if value == "system":
        return "system"
    if value == "settable":
        return "settable"
    raise SettingsError('PHB_CLOCK must be "system" or "settable"; correct it or unset it.')


def _key_path(value: str | None) -> Path | None:
    if value is None:
        return None
    if not Path(value).is_file():
        raise SettingsError("PHB_KEY_FILE names no file; make the key file there, or correct the path.")
    return Path(value)


def _folder(name: str, given: Mapping[str, str]) -> Path | None:
    if name not in given:
        return None
    if not Path(given[name]).is_dir():
        raise SettingsError(f"{name} names no folder; make it, or correct the path.")
    return Path(given[name])
