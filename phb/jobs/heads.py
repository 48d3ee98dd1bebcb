"""The heads of seals outside the database: a file a day, which whoever alters the books afterwards cannot reach."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

from phb.ledger.sealing import Head


def publish(folder: Path, commissioner_id: UUID, day: date, heads: Sequence[Head]) -> None:
    """Write a commissioner's heads of a day into a folder; whole or not at all.

    What was written for that day before stays as it is.
    """
    written = {
        "commissioner_id": str(commissioner_id),
        "day": day.isoformat(),
        "heads": [head.told() for head in heads],
    }
    name = f"{day}-{commissioner_id}.json"
    unfinished = folder / f".{name}.{uuid4().hex}"
    with unfinished.open("x", encoding="utf-8") as file:
        json.dump(written, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        (folder / name).hardlink_to(unfinished)
    unfinished.unlink()
