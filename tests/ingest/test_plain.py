"""Plain rows are kept as they stand and read back as the `csv` module reads them; nothing else is taken for one."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.ingest.admission import admitted
from app.ingest.blocks import insert_records
from app.ingest.delimited import DelimitedRows
from app.ingest.dialect import DELIMITERS, POSSIBLE_DELIMITERS, QUOTES, Dialect
from app.ingest.plain import Plainness, PlainRows
from app.ingest.reading import mixed
from app.ingest.table import Limits, Piece, Rejection, Row
from app.models import Company
from tests.ingest.lists import numbered, records_of, uploaded

CSV = Dialect(",", '"')
LIMITS = Limits(max_cell_chars=60)
STORABLE = "a5\"'\\,;|\t \xa0\x01.é\u2028N"
ODD = STORABLE + "\r\0\ud800"

DIALECTS = st.builds(Dialect, st.sampled_from(DELIMITERS), st.sampled_from(QUOTES))
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", ""])
ODD_LINES = st.text(ODD, max_size=20)


@st.composite
def written_rows(draw: st.DrawFn, dialect: Dialect) -> str:
    """A row as a program writes it: cells in quotes where they need them, or everywhere."""
    row = draw(st.lists(st.text(STORABLE, max_size=6), max_size=4))
    if not dialect.quote:
        return dialect.delimiter.join(row)
    written = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(written, lineterminator="", **(dialect.csv() | {"quoting": quoting})).writerow(row)
    return written.getvalue()


@st.composite
def lists(draw: st.DrawFn) -> tuple[Dialect, str]:
    """A list of which most rows are alike, so that there are plain stretches with trouble between them."""
    dialect = draw(DIALECTS)
    good = dialect.delimiter.join(["Ann", "12", "x"])
    parts = draw(
        st.lists(
            st.one_of(
                st.integers(1, 50).map(lambda n: f"{good}\n" * n),
                st.tuples(written_rows(dialect), ENDS).map("".join),
                st.tuples(ODD_LINES, ENDS).map("".join),
            ),
            max_size=8,
        )
    )
    return dialect, "".join(parts)


def one_by_one(pieces: Iterator[Piece]) -> Iterator[Row | Rejection]:
    return chain.from_iterable(piece if isinstance(piece, PlainRows) else [piece] for piece in pieces)


@settings(max_examples=400, deadline=None)
@given(lists(), st.sampled_from([30, 300, 65_536]))
@example((CSV, "a,b,c\n" * 40 + "5'10\" tall,b,c\n" * 2 + 'a,b,"c\nc"\n' + 'a,"b,c\n' + "a,b,c\n" * 40), 300)
@example((CSV, "a,b,c\r\n" * 40 + "a,b,c\n" + " , ,\n" + "a,b,c,,\r" + "a\n" * 40), 300)
def test_rows_taken_by_the_block_are_those_taken_one_by_one(listed: tuple[Dialect, str], block_chars: int) -> None:
    dialect, text = listed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.ingest.delimited._BLOCK_CHARS", block_chars)
        slow = list(admitted(DelimitedRows(io.StringIO(text, newline=""), dialect), 3, LIMITS))
        rows = DelimitedRows(io.StringIO(text, newline=""), dialect)
        quick = admitted(mixed(rows, Plainness(dialect, 3, LIMITS.max_cell_chars)), 3, LIMITS)
        assert list(one_by_one(quick)) == slow


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_plain_rows_are_kept_as_they_stand(company: Company, data: st.DataObject) -> None:
    dialect = data.draw(DIALECTS)
    line = st.one_of(written_rows(dialect), ODD_LINES)
    lines = data.draw(st.lists(st.tuples(line, ENDS).map("".join), min_size=1, max_size=20))
    plainness = Plainness(dialect, 3, 60)
    # each ends its line, so that those that are plain alone are plain together
    texts = [stretch.text.rstrip("\r\n") + "\n" for each in lines for stretch in plainness.stretches([each])]
    plain = PlainRows(2, "".join(texts), len(texts), dialect, 3)
    assert stored([plain] if plain else [], dialect) == list(plain)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    DIALECTS,
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=3, max_size=3),
        max_size=6,
    ),
)
def test_any_text_is_stored_as_it_is(company: Company, dialect: Dialect, lines: list[list[str]]) -> None:
    rows = list(enumerate(lines, 2))
    assert stored(rows, dialect) == rows


def stored(pieces: Sequence[Row | PlainRows], dialect: Dialect) -> list[Row]:
    source = uploaded(numbered(1))
    source.columns = ["one", "two", "three"]
    source.delimiter, source.quote = dialect.delimiter, dialect.quote
    insert_records(source, pieces)
    found = records_of(source)
    db.session.rollback()
    return found


@pytest.mark.parametrize(
    "line",
    [
        "5'10\" tall,b,c",
        'a,"b" b,c',
        'a,"b,c',
        "a,b\x01,c",
        "a,b",
        "a,b,c,d",
        " , ,",
        '"",,',
        "a,b\0,c",
        "a,b\ud800,c",
        "a,b\rb,c",
        f"a,{'b' * 60},c",
    ],
)
def test_a_line_that_is_not_plain_holds_up_no_other(line: str) -> None:
    lines = ["a,b,c\n"] * 64 + [f"{line}\n"] + ["a,b,c\n"] * 63
    found = Plainness(CSV, 3, 60).stretches(lines)
    plain = {line for place, height, _, _ in found for line in range(place, place + height)}
    assert 64 not in plain
    assert len(plain) >= 128 - 32


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("a,b", ["a", "b", ""]),
        ("a,b,c,,", ["a", "b", "c"]),
        ('a,"b,b",c', ["a", "b,b", "c"]),
        ('"","",x', ["", "", "x"]),
    ],
)
def test_rows_are_made_to_fit_the_columns(row: str, cells: list[str]) -> None:
    text = f"{row}\r\n" * 20
    assert Plainness(CSV, 3, 60).rows_in(text) == 20
    assert list(PlainRows(2, text, 20, CSV, 3)) == [(number, cells) for number in range(2, 22)]


@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize("delimiter", POSSIBLE_DELIMITERS)
def test_whatever_stands_between_cells_is_known_as_such(delimiter: str, quote: str) -> None:
    plainness = Plainness(Dialect(delimiter, quote), 3, 60)
    good = delimiter.join(["Ann", f"{quote}12{quote}", "\u00e9"])
    assert plainness.rows_in(f"{good}\n" * 3) == 3
    assert plainness.rows_in(f"{good}\n{good}{delimiter}x\n") is None


@pytest.mark.parametrize(("cells", "rows"), [(256, 20), (300, 20), (301, None)])
def test_only_a_very_wide_row_is_always_read_cell_by_cell(cells: int, rows: int | None) -> None:
    text = (",".join(["a"] * cells) + "\n") * 20
    assert Plainness(CSV, cells, 32_768).rows_in(text) == rows


def test_a_row_may_go_over_lines() -> None:
    text = "a,b,c\n" + 'a,"b\r\n,,\n""b",c\n'
    assert Plainness(CSV, 3, 60).rows_in(text) == 2
    rows = PlainRows(2, text, 2, CSV, 3)
    assert list(rows.after(2)) == [(3, ["a", 'b\r\n,,\n"b', "c"])]
    assert list(rows.first(1)) == [(2, ["a", "b", "c"])]
