"""Import the Pay.UK weight table: rows of a version first, then the version is put in use whole."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from phb.core.actor import Permission
from phb.core.errors import ConflictError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.payments.modulus import POSITIONS, SUBSTITUTE, ModulusTable
from phb.payments.payees import queries
from phb.payments.payees.models import ModulusTableInUse, ModulusWeight
from phb.people.saving import Change, Put

# A substitution is no table by itself; beside any row of weights its cells can be read.
ANY_WEIGHTS: Mapping[str, str] = {
    "file_order": "0",
    "sort_code_from": "000000",
    "sort_code_to": "000000",
    "method": "MOD10",
    **dict.fromkeys(POSITIONS, "0"),
    "exception": "",
}


class WeightKnownDifferentlyError(ConflictError):
    """The version has another row at that place, or is in use and complete."""

    code = "modulus-weight-known"


def record_weight(uow: UnitOfWork, *, version: str, cells: Mapping[str, str]) -> Put[ModulusWeight]:
    """Keep one row of a version of the table; the same row again changes nothing.

    Raises:
        ModulusTableError: a cell cannot be read.
        WeightKnownDifferentlyError: the version has another row at that place, or is in use.
    """
    uow.actor.require(Permission.REFERENCE_WRITE)
    others = [ANY_WEIGHTS] if cells.get("method") == SUBSTITUTE else []
    ModulusTable.from_rows([cells, *others], version=version)
    place = _place(cells)
    kept = {name: text.strip() for name, text in cells.items()}
    known = uow.session.get(ModulusWeight, (uow.commissioner_id, version, place))
    if known is not None and known.cells == kept:
        return Put(known, Change.UNCHANGED)
    if known is not None or _is_in_use(uow, version):
        raise WeightKnownDifferentlyError(
            f"Version {version} of the modulus weights is in use, or says something else here. "
            "Import the new issue under its own version.",
            field="version",
        )
    row = ModulusWeight(commissioner_id=uow.commissioner_id, version=version, place=place, cells=kept)
    uow.session.add(row)
    uow.session.flush()
    return Put(row, Change.ADDED)


def use_table(uow: UnitOfWork, version: str) -> Put[ModulusTableInUse]:
    """Put an imported version in use for every check from now on; one that is in use stays so.

    Raises:
        ModulusTableError: its rows make no table.
    """
    uow.actor.require(Permission.REFERENCE_WRITE)
    known = uow.session.get(ModulusTableInUse, (uow.commissioner_id, version))
    if known is not None:
        return Put(known, Change.UNCHANGED)
    table = queries.read_table(uow.session, version)
    row = ModulusTableInUse(
        commissioner_id=uow.commissioner_id,
        version=version,
        used_from=uow.now,
        used_by=uow.actor.user_id,
        rows=len(table.rows),
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "modulus_table.used", "modulus_table", uow.request_id, reason=f"Version {version}", rows=row.rows)
    return Put(row, Change.ADDED)


def import_table(uow: UnitOfWork, rows: Iterable[Mapping[str, str]], *, version: str) -> Put[ModulusTableInUse]:
    """Import a whole issue of the weight table and put it in use."""
    for cells in rows:
        record_weight(uow, version=version, cells=cells)
    return use_table(uow, version)


def _place(cells: Mapping[str, str]) -> str:
    if cells.get("method") == SUBSTITUTE:
        return f"{SUBSTITUTE} {cells['sort_code_from'].strip()}"
    return f"{int(cells['file_order']):09}"


def _is_in_use(uow: UnitOfWork, version: str) -> bool:
    return uow.session.scalar(select(ModulusTableInUse.version).where(ModulusTableInUse.version == version)) is not None
