"""Receipts as people send them: a small picture or a PDF of what was bought, attached some days later."""

from datetime import date, timedelta
from functools import partial
from io import BytesIO
from zlib import crc32

from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from phb.demo.office import Office
from phb.demo.year.budgets import Course
from phb.demo.year.diary import Diary
from phb.intake.files import RawRow
from phb.spending.receipts.operations import attach_receipt
from phb.spending.records.queries import by_reference

SENT_AFTER = timedelta(days=9)
ONE_IN, ONE_PDF_IN = 4, 3  # of the records without evidence, and of the receipts
WIDTH, HEIGHT, MARGIN, LINE = 300, 260, 20, 30
PAPER, INK = "#fdfdf8", "#222222"
POINTS_DOWN = 400


def write_into(diary: Diary, course: Course, row: RawRow) -> None:
    """Write down that somebody sends the receipt of what they recorded, where they are one who does."""
    dice = crc32(row.cells["reference"].encode())
    if dice % ONE_IN == 0:
        sent_on = date.fromisoformat(row.cells["spent_on"]) + SENT_AFTER
        diary.add(sent_on, partial(_send, course.office, course.agreed_by, row, as_pdf=dice % ONE_PDF_IN == 0))


def drawn(row: RawRow, *, as_pdf: bool) -> bytes:
    """Return the receipt of a record of spend as a file."""
    return _pdf(_lines(row)) if as_pdf else _png(_lines(row))


def _send(office: Office, by: str, row: RawRow, *, as_pdf: bool) -> None:
    with office.unit(by) as uow:
        spend = by_reference(uow.session, row.cells["reference"])
        if spend is not None:
            attach_receipt(uow, spend.id, drawn(row, as_pdf=as_pdf))


def _lines(row: RawRow) -> list[str]:
    cells = row.cells
    day = date.fromisoformat(cells["spent_on"])
    till = crc32(cells["reference"].encode()) % 9000 + 1000
    return [
        cells["payee"],
        f"{day:%-d %B %Y}   no. {till}",
        "",
        cells["words"],
        f"Total  GBP {cells['amount']}",
        "Paid",
    ]


def _png(lines: list[str]) -> bytes:
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    for place, line in enumerate(lines):
        pen.text((MARGIN, MARGIN + LINE * place), line, fill=INK, font_size=15)
    out = BytesIO()
    picture.convert("P").save(out, "PNG", optimize=True)
    return out.getvalue()


def _pdf(lines: list[str]) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, POINTS_DOWN), invariant=True)
    for place, line in enumerate(lines):
        canvas.drawString(MARGIN, POINTS_DOWN - MARGIN - LINE * (place + 1), line)
    canvas.save()
    return out.getvalue()
