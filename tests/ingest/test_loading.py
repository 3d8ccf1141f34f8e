"""Loading: every row of the file in `records` or in `rejected_rows`, once, whatever happens on the way."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, event, text

from app import tenancy
from app.clock import now
from app.extensions import db
from app.ingest.errors import FileCode, RowCode
from app.ingest.loader import LoadOutcome, load_slice
from app.models import Company, DataSource, FileFormat, SourceStatus
from bench.make_sample import write_sample
from tests.ingest.lists import numbered, records_of, rejections_of, state_of, uploaded
from tests.ingest.workbooks import xlsx


@pytest.fixture
def small_batches(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rows a transaction."""
    changed = app.config["SETTINGS"].model_copy(update={"ingest_batch_rows": 10})
    monkeypatch.setitem(app.config, "SETTINGS", changed)


def load(source: DataSource, seconds: float = 60) -> LoadOutcome:
    return load_slice(source.company_id, source.id, now() + timedelta(seconds=seconds))


@contextmanager
def another_transaction(company_id: object) -> Iterator[Connection]:
    """A transaction of another process that sees the company's rows."""
    with db.engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT set_config('app.company_id', :id, true)"), {"id": str(company_id)})
        yield connection


def test_every_row_becomes_a_record_with_its_cells_untouched(company: Company) -> None:
    source = uploaded('\ufeffName,Notes,,\r\n"DOE,  ANN", 007 ,,\r\n\r\n"Núñez","two\r\nlines"\r\n'.encode())
    assert load(source) == LoadOutcome.LOADED
    assert records_of(source) == [(2, ["DOE,  ANN", " 007 "]), (4, ["Núñez", "two\r\nlines"])]
    source = state_of(company.id, source.id)
    assert (source.status, source.rows_loaded, source.rows_rejected) == (SourceStatus.LOADED, 2, 0)
    assert source.position_bytes == source.size_bytes
    assert source.started_at and source.finished_at and source.started_at <= source.finished_at


def test_rejected_rows_are_kept_with_their_number_reason_and_text(company: Company) -> None:
    source = uploaded(b"a,b\n1,2\n3,4,5\n6,7\n" + b"8," + b"x" * 40_000 + b'\n9,10\n11,"12\n')
    assert load(source) == LoadOutcome.LOADED
    assert [number for number, _ in records_of(source)] == [2, 4, 6]
    number, code, raw = rejections_of(source)[0]
    assert (number, code, raw) == (3, RowCode.TOO_MANY_CELLS, "3,4,5")
    assert [(number, code) for number, code, _ in rejections_of(source)[1:]] == [
        (5, RowCode.CELL_TOO_LONG),
        (7, RowCode.OPEN_QUOTE),
    ]
    source = state_of(company.id, source.id)
    assert (source.rows_loaded, source.rows_rejected) == (3, 3)


def test_a_clinics_list_loads_whole(company: Company, tmp_path: Path, small_batches: None) -> None:
    write_sample(tmp_path / "list.csv", 200, 1, now().date())
    source = uploaded((tmp_path / "list.csv").read_bytes())
    assert load(source) == LoadOutcome.LOADED
    records = records_of(source)
    assert [number for number, _ in records] == list(range(2, 202))
    assert {len(cells) for _, cells in records} == {12} == {len(source.fields)}


def test_a_packed_list_without_a_header_loads_batch_by_batch(company: Company, small_batches: None) -> None:
    rows = [(number, [f"name {number}", f"202555{number:04}"]) for number in range(1, 36)]
    source = uploaded(gzip.compress("".join(f"{name}\t{phone}\n" for _, (name, phone) in rows).encode()))
    assert source.fields == ["column_1", "column_2"]
    while load(source, seconds=-1).more:
        assert state_of(company.id, source.id).status is SourceStatus.LOADING
    assert records_of(source) == rows


def test_a_spreadsheet_loads_batch_by_batch(company: Company, small_batches: None) -> None:
    rows = [[number, f"name {number}"] if number % 7 else [] for number in range(2, 37)]
    source = uploaded(xlsx([], More=[["n", "name"], *rows]), "list.csv")
    assert (source.format, source.sheet) == (FileFormat.XLSX, "More")
    assert source.sheets == [{"name": "List", "hidden": False}, {"name": "More", "hidden": False}]
    while load(source, seconds=-1).more:
        assert state_of(company.id, source.id).status is SourceStatus.LOADING
    assert records_of(source) == [(row[0], [str(row[0]), row[1]]) for row in rows if row]
    assert state_of(company.id, source.id).position_bytes == source.size_bytes


def test_a_header_without_rows_is_a_list_of_nobody(company: Company) -> None:
    source = uploaded(b"a,b\n")
    assert load(source) == LoadOutcome.LOADED
    assert records_of(source) == []


def test_loading_twice_gives_the_same_rows(company: Company) -> None:
    source = uploaded(numbered(20))
    assert [load(source), load(source)] == [LoadOutcome.LOADED, LoadOutcome.LOADED]
    assert len(records_of(source)) == state_of(company.id, source.id).rows_loaded == 20


def test_a_slice_ends_at_its_deadline_and_the_next_goes_on(company: Company, small_batches: None) -> None:
    source = uploaded(numbered(35))
    outcomes, positions = [], []
    while not outcomes or outcomes[-1].more:
        outcomes.append(load(source, seconds=-1))
        positions.append(state_of(company.id, source.id).position_row)
    assert positions == [11, 21, 31, 36, 36]
    assert outcomes == [LoadOutcome.UNFINISHED] * 4 + [LoadOutcome.LOADED]
    assert records_of(source) == [(number, [str(number), f"name {number}"]) for number in range(2, 37)]


def test_a_crash_inside_a_batch_costs_that_batch_only(company: Company, small_batches: None) -> None:
    source = uploaded(numbered(35))
    commits = 0

    def die_before_the_third_batch_is_committed(_session: object) -> None:
        nonlocal commits
        commits += 1
        if commits == 4:  # the first says that loading has begun
            raise KeyboardInterrupt

    event.listen(db.session, "before_commit", die_before_the_third_batch_is_committed)
    try:
        with pytest.raises(KeyboardInterrupt):
            load(source)
    finally:
        event.remove(db.session, "before_commit", die_before_the_third_batch_is_committed)
    source = state_of(company.id, source.id)
    assert (source.status, source.position_row, source.rows_loaded) == (SourceStatus.LOADING, 21, 20)
    assert load(source) == LoadOutcome.LOADED
    assert records_of(source) == [(number, [str(number), f"name {number}"]) for number in range(2, 37)]
    assert state_of(company.id, source.id).rows_loaded == 35


def test_two_workers_on_one_file_load_each_row_once(app: Flask, company: Company, small_batches: None) -> None:
    source = uploaded(numbered(2_000))
    outcomes = []

    def work() -> None:
        with app.app_context():
            outcomes.append(load_slice(company.id, source.id, now() + timedelta(seconds=60)))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert outcomes.count(LoadOutcome.LOADED) >= 1
    assert set(outcomes) <= {LoadOutcome.LOADED, LoadOutcome.TAKEN}
    assert len(records_of(source)) == state_of(company.id, source.id).rows_loaded == 2_000


def test_a_worker_that_finds_another_at_the_file_leaves_it(company: Company) -> None:
    source = uploaded(numbered(5))
    with another_transaction(company.id) as connection:
        connection.execute(text("SELECT 1 FROM data_sources FOR NO KEY UPDATE"))
        assert load(source) == LoadOutcome.TAKEN
    assert records_of(source) == []


def test_a_campaign_that_is_given_the_file_does_not_stop_its_loading(company: Company) -> None:
    source = uploaded(numbered(5))
    with another_transaction(company.id) as connection:
        connection.execute(text("SELECT 1 FROM data_sources FOR KEY SHARE"))  # what a foreign key's check holds
        assert load(source) == LoadOutcome.LOADED


def test_another_companys_file_is_not_there(company: Company, other_company: Company) -> None:
    source = uploaded(numbered(5))
    with pytest.raises(tenancy.NotFoundError):
        load_slice(other_company.id, source.id, now())
    assert state_of(company.id, source.id).status == SourceStatus.UPLOADED


def test_a_file_that_is_gone_from_the_store_fails_with_its_code(company: Company) -> None:
    source = uploaded(numbered(5))
    source.storage_path = source.storage_path.replace("list.csv", "gone.csv")
    db.session.commit()
    assert [load(source), load(source)] == [LoadOutcome.FAILED, LoadOutcome.FAILED]
    source = state_of(company.id, source.id)
    assert (source.status, source.error_code) == (SourceStatus.FAILED, FileCode.FILE_MISSING)
    assert source.finished_at


def test_a_file_with_too_many_rows_fails_with_the_limit(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = app.config["SETTINGS"].model_copy(update={"max_file_rows": 3})
    monkeypatch.setitem(app.config, "SETTINGS", changed)
    source = uploaded(numbered(5))
    assert load(source) == LoadOutcome.FAILED
    source = state_of(company.id, source.id)
    assert (source.error_code, source.error_facts) == (FileCode.TOO_MANY_ROWS, {"limit": 3})
