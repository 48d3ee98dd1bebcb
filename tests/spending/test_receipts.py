"""A receipt is a whole PDF, PNG or JPEG up to 10 MB by its content, kept once, and seen by who may see the spend."""

import struct
import zlib
from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from phb.core.actor import MissingPermissionError, Role
from phb.people.kinds import Scope
from phb.people.saving import Change
from phb.spending.kinds import Evidence
from phb.spending.receipts import content, queries
from phb.spending.receipts.content import NotAReceiptError, ReceiptTooLargeError, media_type_of
from phb.spending.receipts.models import ReceiptFile
from phb.spending.receipts.operations import attach_receipt
from phb.spending.receipts.queries import ReceiptNotFoundError
from phb.spending.records.queries import SpendNotFoundError, spend
from tests.spending.conftest import JUNE, Spender
from tests.spending.files import jpeg, pdf, pdf_with_password, pdf_with_stream, png


def png_that_claims(width: int, height: int) -> bytes:
    """Return a small picture whose header, with its checksum mended, claims another size."""
    file = png()
    header = b"IHDR" + struct.pack(">II", width, height) + file[24:29]
    return file[:12] + header + struct.pack(">I", zlib.crc32(header)) + file[33:]


def jpeg_that_claims(width: int, height: int) -> bytes:
    """Return a small photograph whose frame header claims another size."""
    before, frame, after = jpeg().partition(b"\xff\xc0\x00\x11\x08")
    return before + frame + struct.pack(">HH", height, width) + after[4:]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (pdf(), "application/pdf"),
        (pdf() + b"\n\n", "application/pdf"),
        (pdf_with_stream(), "application/pdf"),
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (jpeg(4000, 3000), "image/jpeg"),
    ],
)
def test_receipts_are_known_by_their_content(file: bytes, kind: str) -> None:
    assert media_type_of(file) == kind


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"MZ\x90\x00",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + bytes(20),
        png()[:-8],
        png()[:40] + b"\x00" + png()[41:],
        b"\x89PNG\r\n\x1a\n",
        jpeg()[:300],
        b"\xff\xd8\xff",
        pdf()[:-20],
        b"%PDF-1.4\nhello\nstartxref\n0\n%%EOF",
        b"%PDF-1.4\nxref\nstartxref\n9\n%%EOF",
        b"%PDF-x.4\nxref\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF",
        b"%PDF-1.4\nstartxref\n99999999\n%%EOF",
    ],
)
def test_what_cannot_be_read_is_refused(file: bytes) -> None:
    with pytest.raises(NotAReceiptError) as refused:
        media_type_of(file)
    assert "end" in refused.value.sentence  # send it again, or something else


def test_a_pdf_with_a_password_is_refused() -> None:
    with pytest.raises(NotAReceiptError, match="has a password"):
        media_type_of(pdf_with_password())


def test_ten_megabytes_are_taken_and_twenty_refused() -> None:
    padded = png() + bytes(content.MOST_BYTES - len(png()))
    assert media_type_of(padded) == "image/png"
    with pytest.raises(ReceiptTooLargeError, match=r"has 20\.0 MB, and a receipt may have 10 MB"):
        media_type_of(png() + bytes(20 * 1024 * 1024))


@pytest.mark.parametrize("of_size", [png_that_claims, jpeg_that_claims])
def test_a_picture_that_would_fill_the_memory_is_refused(of_size: Callable[[int, int], bytes]) -> None:
    with pytest.raises(NotAReceiptError, match="too many pixels"):
        media_type_of(of_size(12_000, 10_001))


def test_a_picture_of_as_many_pixels_as_any_camera_makes_is_taken() -> None:
    assert media_type_of(png_that_claims(12_000, 10_000)) == "image/png"


@given(st.binary(max_size=200), st.sampled_from([b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]))
def test_whatever_follows_a_signature_is_read_or_refused(rest: bytes, signature: bytes) -> None:
    with pytest.raises(NotAReceiptError):
        media_type_of(signature + rest)


def test_a_receipt_is_kept_once_with_its_digest_and_a_name_of_its_own(spender: Spender) -> None:
    first, second = spender.spend(), spender.spend(payee="Jo")
    file = jpeg()
    put = spender.world.do(spender.world.holder, attach_receipt, first.id, file)
    again = spender.world.do(spender.world.holder, attach_receipt, first.id, file)
    spender.world.do(spender.world.coordinator, attach_receipt, second.id, file)
    assert (put.change, again.change, again.row.id) == (Change.ADDED, Change.UNCHANGED, put.row.id)
    assert put.row.digest == sha256(file).hexdigest()
    assert put.row.name == f"receipt-{put.row.digest[:12]}.jpg"
    count = select(func.count()).select_from(ReceiptFile)
    assert spender.ask(lambda session: session.scalar(count)) == 1
    assert spender.ask(spend, spender.world.holder, first.id, JUNE).evidence == Evidence.SEEN


def test_a_receipt_is_seen_by_who_may_see_the_spend(spender: Spender) -> None:
    world, row = spender.world, spender.spend()
    file = pdf()
    receipt = world.do(world.holder, attach_receipt, row.id, file).row
    for actor in (world.holder, world.finance, world.auditor, world.service.broker(world.person_id, Scope.SPEND)):
        assert world.ask(actor, queries.receipt, receipt.id, JUNE).content == file
        assert [one.id for one in world.ask(actor, queries.receipts_of, row.id, JUNE)] == [receipt.id]
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())
    for actor in (stranger, world.administrator):
        with pytest.raises(ReceiptNotFoundError):
            world.ask(actor, queries.receipt, receipt.id, JUNE)
        with pytest.raises(SpendNotFoundError):
            world.ask(actor, queries.receipts_of, row.id, JUNE)
    with pytest.raises(SpendNotFoundError):
        world.do(stranger, attach_receipt, row.id, png())
    with pytest.raises(MissingPermissionError):
        world.do(world.auditor, attach_receipt, row.id, png())


def test_a_bad_file_leaves_the_record_as_it_was(spender: Spender) -> None:
    row = spender.spend()
    with pytest.raises(NotAReceiptError):
        spender.world.do(spender.world.holder, attach_receipt, row.id, b"hello")
    assert spender.ask(spend, spender.world.holder, row.id, JUNE).evidence == Evidence.AWAITED
