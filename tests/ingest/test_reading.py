"""Reading delimited text: pure, from bytes in memory."""

import csv
import io
from time import perf_counter
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.ingest.errors import FileCode, RowCode
from app.ingest.reading import inspect, open_table
from app.ingest.table import Layout, Limits, Rejection
from tests.ingest.in_memory import LIMITS, assert_rows_or_refusal, loaded, opened, read, refusal, rejected, rows_of


class TestFilesThatAreRefused:
    @pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xff\xfe"])
    def test_a_file_without_content_is_empty(self, content: bytes) -> None:
        assert refusal(content).code == FileCode.EMPTY_FILE

    @pytest.mark.parametrize("content", [b"\n\n \r\n", b",,,\n,,\n", b'"", ,\n', b" "])
    def test_a_file_of_blank_rows_holds_nothing(self, content: bytes) -> None:
        assert refusal(content).code == FileCode.BLANK_FILE

    @pytest.mark.parametrize(
        "content",
        [
            bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"),
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
            bytes(range(256)) * 40,
            b"Na\0me,Phone\n",
        ],
        ids=["png", "pdf", "bytes", "nul in the header"],
    )
    def test_a_binary_file_with_the_name_of_a_list_is_not_text(self, content: bytes) -> None:
        assert refusal(content).code == FileCode.BINARY_FILE

    @pytest.mark.parametrize(
        "content", [b"<html><table><tr>", b"\xef\xbb\xbf <!DOCTYPE html>", b"<?xml version='1.0'?>"]
    )
    def test_a_web_page_with_the_name_of_a_list_is_no_list(self, content: bytes) -> None:
        assert refusal(content).code == FileCode.MARKUP_FILE

    def test_300_columns_are_more_than_the_limit(self) -> None:
        problem = refusal(",".join(f"c{number}" for number in range(300)).encode() + b"\n")
        assert (problem.code, problem.facts) == (FileCode.TOO_MANY_COLUMNS, {"columns": 300, "limit": 256})

    def test_a_file_beyond_the_limit_of_bytes_is_too_large(self) -> None:
        assert refusal(b"a,b\n" + b"1,2\n" * 100, Limits(max_bytes=200)).code == FileCode.TOO_LARGE

    def test_rows_beyond_the_limit_end_the_walk(self) -> None:
        assert refusal(b"a,b\n1,2\n1,2\n1,2\n", Limits(max_rows=2)).code == FileCode.TOO_MANY_ROWS
        assert len(rows_of(b"a,b\n1,2\n1,2\n\n,\n", Limits(max_rows=2))) == 2

    def test_a_quote_that_swallows_the_header_is_named(self) -> None:
        problem = refusal(b'"Name,Phone\nAnn,1\nBob,2\n')
        assert (problem.code, problem.facts) == (FileCode.UNREADABLE_HEADER, {"row": 1})

    def test_a_header_cell_longer_than_a_cell_may_be_is_refused(self) -> None:
        assert refusal(b"a," + b"b" * 40_000 + b"\n1,2\n").code == FileCode.UNREADABLE_HEADER

    def test_bytes_of_no_encoding_are_refused(self) -> None:
        assert refusal(b"a,b\n" + b"\x81\x8d\x8f\x90\x9d" * 20 + b",2\n").code == FileCode.UNREADABLE_ENCODING

    def test_quotes_left_open_all_over_end_the_walk_in_good_time(self) -> None:
        content = b"a,b\n" + b'x"y,"z\n' * 200_000
        started = perf_counter()
        assert refusal(content).code == FileCode.BROKEN_QUOTES
        assert perf_counter() - started < 20


class TestRowsThatAreRejectedWhileTheRestLoads:
    def test_a_cell_of_a_megabyte(self) -> None:
        rows = rows_of(b"a,b\n1," + b"x" * 1_000_000 + b'\n2,ok\n3,"' + b"line\n" * 200_000 + b'"\n4,ok\n')
        assert rejected(rows) == [(2, RowCode.CELL_TOO_LONG), (4, RowCode.CELL_TOO_LONG)]
        assert loaded(rows) == [(3, ["2", "ok"]), (5, ["4", "ok"])]

    def test_a_line_that_is_longer_than_any_record(self) -> None:
        rows = rows_of(b"a,b\n1," + b"x" * 9_000_000 + b"\n2,ok\n")
        assert rejected(rows) == [(2, RowCode.ROW_TOO_LONG)]
        assert loaded(rows) == [(3, ["2", "ok"])]

    def test_its_text_is_kept_in_short(self) -> None:
        (row,) = rows_of(b"a,b\n1," + b"x" * 1_000_000 + b"\n")
        assert isinstance(row, Rejection)
        assert row.raw.startswith("1,xxx")
        assert len(row.raw) == 4_000

    def test_cells_beyond_the_last_named_column(self) -> None:
        assert rejected(rows_of(b"a,b\n1,2,3\n4,5,,\n6,7,, \n")) == [(2, RowCode.TOO_MANY_CELLS)]

    def test_a_nul_character(self) -> None:
        content = b"a,b\n" + b"1,2\n" * 50 + b"3,\x004\n5,6\n"
        rows = rows_of(content)
        assert rejected(rows) == [(52, RowCode.NUL_CHARACTER)]
        assert loaded(rows)[-1] == (53, ["5", "6"])
        assert "\0" not in next(row.raw for row in rows if isinstance(row, Rejection))

    def test_bytes_outside_the_encoding_of_the_other_rows(self) -> None:
        rows = rows_of("name\nJosé\nNúñez\n".encode() + b"Ren\xe9\n" + "Zoë\n".encode())
        assert rejected(rows) == [(4, RowCode.UNREADABLE_CHARACTERS)]
        assert [cells for _, cells in loaded(rows)] == [["José"], ["Núñez"], ["Zoë"]]


class TestQuotesThatAreNotClosed:
    def test_one_at_the_end_of_the_file_costs_its_own_row(self) -> None:
        rows = rows_of(b'a,b\n1,2\n3,"4\n5,6\n7,8\n')
        assert rejected(rows) == [(3, RowCode.OPEN_QUOTE)]
        assert loaded(rows) == [(2, ["1", "2"]), (4, ["5", "6"]), (5, ["7", "8"])]

    def test_one_in_the_last_row(self) -> None:
        rows = rows_of(b'a,b\n1,2\n3,"4')
        assert rejected(rows) == [(3, RowCode.OPEN_QUOTE)]
        assert loaded(rows) == [(2, ["1", "2"])]

    def test_one_that_meets_the_quote_of_a_later_row(self) -> None:
        rows = rows_of(b'a,b\n"Doe,1\n"Smith, J",2\n"Low, K",3\n')
        assert rejected(rows) == [(2, RowCode.OPEN_QUOTE)]
        assert loaded(rows) == [(3, ["Smith, J", "2"]), (4, ["Low, K", "3"])]

    def test_one_in_front_of_more_than_a_record_can_hold(self) -> None:
        count = 700_000
        rows = rows_of(b'a,b\n"1,2\n' + b"3,4567\n" * count)
        assert rejected(rows) == [(2, RowCode.OPEN_QUOTE)]
        assert len(loaded(rows)) == count
        assert loaded(rows)[-1] == (count + 2, ["3", "4567"])

    def test_one_in_front_of_a_line_that_is_too_long(self) -> None:
        rows = rows_of(b'a,b\n"1,2\n' + b"x" * 9_000_000 + b"\n5,6\n")
        assert rejected(rows) == [(2, RowCode.OPEN_QUOTE), (3, RowCode.ROW_TOO_LONG)]
        assert loaded(rows) == [(4, ["5", "6"])]

    def test_quotes_inside_a_cell_are_letters(self) -> None:
        assert loaded(rows_of(b'a,b\n5\' 10",x\n"The ""Rock""",y\n')) == [
            (2, ["5' 10\"", "x"]),
            (3, ['The "Rock"', "y"]),
        ]

    @given(st.data())
    def test_a_stray_quote_costs_one_row_wherever_it_stands(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(2, 30))
        struck = data.draw(st.integers(0, count - 1))
        lines = [f'{number},"Smith, {number}",x' for number in range(count)]
        lines[struck] = f'"{struck},Smith,x'
        rows = rows_of("\n".join(["n,name,note", *lines]).encode())
        assert rejected(rows) == [(struck + 2, RowCode.OPEN_QUOTE)]
        assert len(loaded(rows)) == count - 1


class TestRowNumbers:
    def test_count_rows_as_a_spreadsheet_does_not_lines(self) -> None:
        rows = rows_of(b'a,b\r\n"1\r\n1",x\r\n2,y\r\n\r\n,\r\n3,z\r\n')
        assert loaded(rows) == [(2, ["1\r\n1", "x"]), (3, ["2", "y"]), (6, ["3", "z"])]

    def test_go_on_from_blank_lines_above_the_header(self) -> None:
        assert read(b"\n\na,b\n1,2\n") == (["a", "b"], [(4, ["1", "2"])])


class TestCells:
    def test_stand_as_they_stand_in_the_file(self) -> None:
        assert loaded(rows_of(b"a,b\n 007 ,\t\n")) == [(2, [" 007 ", "\t"])]

    def test_that_are_missing_at_the_end_are_empty(self) -> None:
        assert loaded(rows_of(b"a,b,c\n1\n")) == [(2, ["1", "", ""])]

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_end_with_the_line_whatever_the_system(self, ending: str) -> None:
        assert loaded(rows_of(ending.join(["a,b", "1,2", "3,4"]).encode())) == [(2, ["1", "2"]), (3, ["3", "4"])]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_of_a_header_in_quotes_are_free_of_the_mark_before_it(self, encoding: str) -> None:
        content = '"Name, full","Día"\r"Núñez, Ann","1"\r'.encode(encoding)
        assert read(content) == (["Name, full", "Día"], [(2, ["Núñez, Ann", "1"])])

    def test_are_not_divided_by_rare_separators(self) -> None:
        text = "left\u2028right\x0b\x1c\x85"
        assert loaded(rows_of(f"a,b\n{text},2\n".encode())) == [(2, [text, "2"])]


class TestEncodings:
    @pytest.mark.parametrize(
        ("encoding", "expected"),
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8-sig"),
            ("utf-16", "utf-16"),
            ("utf-16-le", "utf-16-le"),
            ("utf-16-be", "utf-16-be"),
            ("utf-32", "utf-32"),
            ("cp1252", "cp1252"),
            ("mac_roman", "mac_roman"),
        ],
    )
    def test_are_found(self, encoding: str, expected: str) -> None:
        stream = io.BytesIO("Name,Día\nJosé Núñez,mañana\nMaría Peña,miércoles\n".encode(encoding))
        assert inspect(stream, LIMITS).encoding == expected
        assert read(stream.getvalue()) == (
            ["Name", "Día"],
            [(2, ["José Núñez", "mañana"]), (3, ["María Peña", "miércoles"])],
        )

    def test_are_found_by_a_letter_that_stands_far_down(self) -> None:
        content = b"name,x\n" + b"Ann,1\n" * 500_000 + "Núñez,2\n".encode("cp1252")
        stream = io.BytesIO(content)
        layout = inspect(stream, LIMITS)
        last = list(open_table(stream, layout, LIMITS).rows)[-1]
        assert (layout.encoding, last) == ("cp1252", (500_002, ["Núñez", "2"]))

    def test_half_a_letter_at_the_end_rejects_the_row_it_is_in(self) -> None:
        assert rejected(rows_of("a,b\n1,2\n3,4\n".encode("utf-16") + b"x")) == [(4, RowCode.UNREADABLE_CHARACTERS)]


class TestDialects:
    @pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
    def test_are_found(self, delimiter: str) -> None:
        lines = [["name", "amount", "note"], ["Doe, Jane; Dr.", "1,50", "a|b"], ["Low", "2,75", ""]]
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows(lines)
        columns, rows = read(text.getvalue().encode())
        assert [columns, *(cells for _, cells in loaded(rows))] == lines

    def test_are_not_needed_for_one_column(self) -> None:
        assert read(b"phone\n212 555 0134\n") == (["phone"], [(2, ["212 555 0134"])])

    def test_are_found_among_cells_in_single_quotes(self) -> None:
        content = b"'name';'note'\n'O''Neil';'a;b'\n'Low';'it \"is\"'\n"
        assert opened(content).layout.quote == "'"
        assert loaded(rows_of(content)) == [(2, ["O'Neil", "a;b"]), (3, ["Low", 'it "is"'])]

    def test_an_apostrophe_is_a_letter(self) -> None:
        content = b"name,note\n'tis Ann,O'Neil\n\"Low, 'Bob'\",'x'\n"
        assert loaded(rows_of(content)) == [(2, ["'tis Ann", "O'Neil"]), (3, ["Low, 'Bob'", "'x'"])]

    def test_quotes_are_letters_where_somebody_says_so(self) -> None:
        table = open_table(io.BytesIO(b'a|b\n"5|x"\n6"|y\n'), Layout("utf-8", "|", ""), LIMITS)
        assert list(table.rows) == [(2, ['"5', 'x"']), (3, ['6"', "y"])]

    def test_follow_the_header_where_cells_mislead(self) -> None:
        columns, rows = read(b"name\tplaces\nDoe\ta, b, c\nLow\td, e, f\n")
        assert (columns, rows[0]) == (["name", "places"], (2, ["Doe", "a, b, c"]))

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_are_what_a_first_line_says_that_excel_would_heed(self, encoding: str, ending: str) -> None:
        content = ending.join(["sep=#", "naïve#a,b", "Ann#1,5", ""]).encode(encoding)
        assert opened(content).layout.delimiter == "#"
        assert read(content) == (["naïve", "a,b"], [(2, ["Ann", "1,5"])])

    def test_can_be_corrected_where_the_first_line_is_wrong(self) -> None:
        table = open_table(io.BytesIO(b"SEP=;\nname,note\nAnn,a;b\n"), Layout("utf-8", ","), LIMITS)
        assert (table.columns, list(table.rows)) == (["name", "note"], [(2, ["Ann", "a;b"])])

    @pytest.mark.parametrize("content", [b"sep=;", b"sep=;\r\n\r\n"])
    def test_alone_are_no_list(self, content: bytes) -> None:
        assert refusal(content).code == FileCode.BLANK_FILE

    def test_are_not_said_by_a_column_of_that_name(self) -> None:
        assert read(b"sep=,note\nAnn,1\n") == (["sep=", "note"], [(2, ["Ann", "1"])])


@given(st.binary(max_size=400))
@example(b"\xff\xfea\x00,\x00\x00\xd8\n\x00")
@example(b"\x00\xd8,a\nb")
@example(b'a,b\n"\r\n')
@example(b"sep=;")
def test_any_bytes_are_rows_or_a_refusal(content: bytes) -> None:
    assert_rows_or_refusal(content)


@given(
    st.text(alphabet='ab,;|\t"\r\n\0 é', max_size=120),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_any_list_is_rows_or_a_refusal(text: str, encoding: str) -> None:
    assert_rows_or_refusal(text.encode(encoding))


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(
    st.lists(st.tuples(st.integers(0, 9).map(str), _CELL, _CELL), max_size=8),
    st.sampled_from([",", "\t", ";", "|"]),
    # the csv module quotes a lone carriage return only when it is told to quote all, or ends its lines with one
    st.sampled_from([{"lineterminator": "\r\n"}, {"lineterminator": "\n", "quoting": csv.QUOTE_ALL}]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)
def test_what_a_spreadsheet_writes_is_read_back(
    lines: list[tuple[str, str, str]], delimiter: str, style: dict[str, Any], encoding: str
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, **style).writerows([("n", "a", "b"), *lines])
    stream = io.BytesIO(text.getvalue().encode(encoding))
    table = open_table(stream, Layout(encoding, delimiter), LIMITS)
    assert list(table.rows) == [(number, list(cells)) for number, cells in enumerate(lines, 2)]
