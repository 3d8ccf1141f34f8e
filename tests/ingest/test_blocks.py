"""Records are kept in blocks and read by their row numbers."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import tenancy
from app.extensions import db
from app.ingest import blocks
from app.ingest.blocks import insert_records
from app.models import Company, DataSource, RecordBlock
from app.records import cells_at, numbers_after, numbers_up_to, rows_after, span
from tests.ingest.lists import numbered, uploaded

GAPS = [2, 3, 4, 7, 8, 20, 21, 22, 23, 40]
"""Row numbers of a list with blank and rejected rows."""


@pytest.fixture
def source(company: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataSource]:
    """A data source whose rows hold their own number, three to a block."""
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 3)
    made = uploaded(numbered(1))
    insert_records(made, [(number, [str(number), f'name "{number}"\r\n']) for number in GAPS])
    yield made
    db.session.rollback()


def test_rows_come_in_order_from_any_place_on(source: DataSource) -> None:
    assert [row for row, _ in rows_after(source.id, 0, 100)] == GAPS
    assert rows_after(source.id, 7, 1) == [(8, ["8", 'name "8"\r\n'])]
    assert [row for row, _ in rows_after(source.id, 4, 100, last_row=21)] == [7, 8, 20, 21]
    assert rows_after(source.id, 40, 100) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.integers(0, 45), st.integers(1, 12), st.one_of(st.none(), st.integers(0, 45)))
def test_numbers_are_those_of_the_rows(source: DataSource, after: int, limit: int, last: int | None) -> None:
    expected = [number for number in GAPS if number > after and (last is None or number <= last)][:limit]
    assert numbers_after(source.id, after, limit, last) == expected
    assert [number for number, _ in rows_after(source.id, after, limit, last)] == expected
    assert numbers_up_to(source.id, after, limit) == [number for number in reversed(GAPS) if number <= after][:limit]


def test_single_records_are_found_where_they_are(source: DataSource) -> None:
    found = cells_at([(source.id, number) for number in (1, 2, 5, 22, 22, 40, 41)])
    assert {number: cells[0] for (_, number), cells in found.items()} == {2: "2", 22: "22", 40: "40"}


def test_the_span_is_from_the_first_to_the_last(source: DataSource) -> None:
    assert span(source.id) == (2, 40)
    assert span(uploaded(numbered(1)).id) is None


def test_a_block_of_long_rows_is_cut(source: DataSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 256)
    monkeypatch.setattr(blocks, "_BLOCK_CHARS", 100)
    long = uploaded(numbered(1))
    insert_records(long, [(number, ["x" * 60, ""]) for number in range(2, 10)])
    assert [number for number, _ in rows_after(long.id, 0, 100)] == list(range(2, 10))
    assert len(db.session.scalars(tenancy.rows(RecordBlock).where(RecordBlock.data_source_id == long.id)).all()) == 8


def test_another_company_has_no_records_of_ours(source: DataSource, other_company: Company) -> None:
    db.session.commit()
    with tenancy.company(other_company.id):
        assert rows_after(source.id, 0, 10) == []
        assert cells_at([(source.id, 2)]) == {}
