"""The heads of seals outside the database: a file a day, which whoever alters the books afterwards cannot reach."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from uuid import UUID

from phb.ledger.sealing import Head


def publish(folder: Path, commissioner_id: UUID, day: date, heads: Sequence[Head]) -> None:
    """Write a commissioner's heads of a day into a folder; what was written for that day before stays as it is."""
    written = {
        "commissioner_id": str(commissioner_id),
        "day": day.isoformat(),
        "heads": [
            {
                "stream": head.stream.value,
                "block": head.block,
                "last_place": head.last_place,
                "head": head.head.hex(),
                "sealed_at": head.sealed_at.isoformat(),
            }
            for head in heads
        ],
    }
    with suppress(FileExistsError), (folder / f"{day}-{commissioner_id}.json").open("x", encoding="utf-8") as file:
        json.dump(written, file, indent=2)
