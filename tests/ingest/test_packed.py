"""Lists that are packed by themselves, and archives that are not what they say."""

import gzip
import tracemalloc
import zipfile
from collections.abc import Callable
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingest.errors import FileCode
from app.ingest.table import Limits
from app.models import FileFormat
from tests.ingest.in_memory import assert_rows_or_refusal, opened, read, refusal
from tests.ingest.workbooks import archive, lying

LIST = "Name;Día\r\nNúñez;1\r\nPeña;2\r\n"
ROWS = (["Name", "Día"], [(2, ["Núñez", "1"]), (3, ["Peña", "2"])])
SMALL = Limits(max_unpacked_bytes=1_000_000)
ZEROES = b"a,b\n" + b"0" * 20_000_000


def unnamed(content: bytes) -> bytes:
    """An archive of one part, whose name of one letter has been declared to be something else."""
    changed = bytearray(content)
    for header, place in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        at = changed.index(header) + place
        changed[at : at + 4] = b"\0\0\1\0"
    return bytes(changed)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        (gzip.compress, FileFormat.GZIP),
        (lambda text: gzip.compress(text[:10]) + gzip.compress(text[10:]), FileFormat.GZIP),
        (lambda text: archive({"list.csv": text}), FileFormat.ZIP),
        (lambda text: archive({"list.csv": text}, zipfile.ZIP_STORED), FileFormat.ZIP),
        (lambda text: unnamed(archive({"n": text})), FileFormat.ZIP),
        (lambda text: archive({"x/": b"", "x/list.csv": text, "__MACOSX/x/._list.csv": b"\0\5"}), FileFormat.ZIP),
    ],
    ids=["gzip", "gzip in two pieces", "zip", "zip stored", "zip without a name", "zip made by a Mac"],
)
def test_a_packed_list_is_read_as_the_list(pack: Callable[[bytes], bytes], expected: FileFormat, encoding: str) -> None:
    content = pack(LIST.encode(encoding))
    layout = opened(content).layout
    assert (layout.format, layout.encoding, layout.delimiter) == (expected, encoding, ";")
    assert read(content) == ROWS


def test_reading_a_packed_list_says_how_far_it_is_in_the_stored_file() -> None:
    text = b"n,name\n" + b"".join(b"%d,name %d\n" % (n, n * n) for n in range(200_000))
    for content in (gzip.compress(text), archive({"list.csv": text})):
        table = opened(content)
        next(table.rows)
        before = table.bytes_read()
        assert sum(1 for _ in table.rows) == 199_999
        assert 0 < before < len(content) / 2 < len(content) - 200 < table.bytes_read() <= len(content)


class TestAreRefused:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (archive({}), FileCode.NOT_ONE_FILE),
            (archive({"a.csv": b"a,b\n", "b.csv": b"a,b\n"}), FileCode.NOT_ONE_FILE),
            (archive({"a.csv": b""}), FileCode.EMPTY_FILE),
            (gzip.compress(b""), FileCode.EMPTY_FILE),
            (gzip.compress(archive({"a.csv": b"a,b\n"})), FileCode.BINARY_FILE),
            (archive({"a.csv": b"a,b\n" * 10}, zipfile.ZIP_LZMA), FileCode.DAMAGED_FILE),
            (archive({"a.csv": b"a,b\n"})[:-30], FileCode.DAMAGED_FILE),
            (gzip.compress(LIST.encode() * 100)[:-9], FileCode.DAMAGED_FILE),
            (gzip.compress(LIST.encode()) + b"and more", FileCode.DAMAGED_FILE),
            (b"\x1f\x8bwhatever", FileCode.DAMAGED_FILE),
            (b"PK\x03\x04whatever", FileCode.DAMAGED_FILE),
        ],
        ids=[
            *("no file", "two files", "an empty file", "gzip of nothing", "zip in gzip", "unusual packing"),
            *("zip cut off", "gzip cut off", "more after gzip", "mark of gzip alone", "mark of zip alone"),
        ],
    )
    def test_what_holds_no_list_or_is_broken(self, content: bytes, code: FileCode) -> None:
        assert refusal(content).code == code

    def test_a_list_that_has_been_changed_after_it_was_packed(self) -> None:
        content = bytearray(archive({"a.csv": b"a,b\n1,2\n"}, zipfile.ZIP_STORED))
        content[content.index(b"1,2")] = ord("9")
        assert refusal(bytes(content)).code == FileCode.DAMAGED_FILE

    def test_an_archive_with_a_password(self) -> None:
        content = bytearray(archive({"a.csv": b"a,b\n1,2\n"}))
        content[6] |= 1
        content[content.index(b"PK\x01\x02") + 8] |= 1
        assert refusal(bytes(content)).code == FileCode.ENCRYPTED

    def test_an_archive_that_says_that_it_unpacks_to_too_much(self) -> None:
        started = perf_counter()
        problem = refusal(archive({"a.csv": ZEROES}), SMALL)
        assert (problem.code, problem.facts) == (FileCode.UNPACKED_TOO_LARGE, {"limit": 1_000_000})
        assert perf_counter() - started < 0.5

    def test_more_than_may_come_out_without_holding_it(self) -> None:
        content = gzip.compress(ZEROES)
        tracemalloc.start()
        assert refusal(content, SMALL).code == FileCode.UNPACKED_TOO_LARGE
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 8_000_000

    def test_an_archive_that_lies_about_how_much_comes_out(self) -> None:
        assert refusal(lying(archive({"a.csv": ZEROES}), "a.csv", 900), SMALL).code == FileCode.DAMAGED_FILE

    def test_an_archive_of_very_many_parts_without_listing_them(self) -> None:
        content = archive({f"{n:060}": b"" for n in range(60_000)})
        assert refusal(content).code == FileCode.DAMAGED_FILE


@given(st.sampled_from([gzip.compress(LIST.encode()), archive({"a.csv": LIST.encode()})]), st.data())
def test_any_damage_to_a_packed_list_is_rows_or_a_refusal(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    assert_rows_or_refusal(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@given(st.sampled_from([b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"PK\x05\x06"]), st.binary(max_size=200))
def test_any_bytes_after_the_mark_of_an_archive_are_rows_or_a_refusal(mark: bytes, rest: bytes) -> None:
    assert_rows_or_refusal(mark + rest)
