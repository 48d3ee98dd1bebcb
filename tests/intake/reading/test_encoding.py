"""Text is read in the encodings that spreadsheets write; what is broken is never read as something else."""

import pytest

from phb.intake.reading.encoding import READ_AS_LEGACY, decode
from phb.intake.reading.table import FileError

TEXT = "reference,name\r\n1,Siân €5 “x”\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_its_mark_and_utf_8_without(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == (TEXT, [])


def test_big_endian_utf_16_is_read_by_its_mark() -> None:
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be")) == (TEXT, [])


def test_windows_1252_is_read_and_noted() -> None:
    assert decode(TEXT.encode("cp1252")) == (TEXT, [READ_AS_LEGACY])
    assert decode("name\nAndré".encode("cp1252")) == ("name\nAndré", [READ_AS_LEGACY])


@pytest.mark.parametrize(
    "content",
    [
        "name\nÉlan, Siâ".encode()[:-1],
        TEXT.encode() + b"\xff",
        TEXT.encode("utf-8-sig") + b"\xff",
        TEXT.encode("utf-16")[:-1],
    ],
)
def test_text_that_was_unicode_and_is_damaged_is_refused(content: bytes) -> None:
    with pytest.raises(FileError, match="it is damaged, or only part of it arrived"):
        decode(content)


@pytest.mark.parametrize("content", [b"", b" \r\n", b"\xff\xfe", b"\x89PNG\r\n\x1a\n\x00\x00", b"a\x81b", b"a\0b"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(FileError, match="CSV UTF-8"):
        decode(content)
