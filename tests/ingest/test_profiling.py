"""What is said of a loaded file's columns: counted over every record, whatever interrupts the counting."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import tenancy
from app.campaigns.column_kinds import ColumnKind
from app.clock import now
from app.extensions import db
from app.ingest import profiling
from app.ingest.corrections import Correction, correct
from app.ingest.profiling import ColumnProfile, column_profiles, profile_slice
from app.ingest.uploads import find_unloaded
from app.models import Company, DataSource
from tests import factories
from tests.ingest.lists import state_of, uploaded
from workers.ingest import load_file

NAMES = ("ANN", "BOB", "CARL", "DAN")
LONG_AGO = now() - timedelta(hours=1)


def loaded(content: bytes) -> DataSource:
    """Loaded and described, as a worker does it."""
    source = uploaded(content)
    load_file(str(source.company_id), str(source.id))
    return state_of(source.company_id, source.id)


def described(source: DataSource) -> list[ColumnProfile]:
    """Its profile, made a block at a time."""
    while profile_slice(source.company_id, source.id, LONG_AGO):
        pass
    return column_profiles(state_of(source.company_id, source.id))


def patients(count: int) -> bytes:
    """A list whose second column is filled in every tenth row, and whose third one is blank, in one way or another."""
    rows = [
        f'"EXAMPLE, {NAMES[n % 4]}",'
        f"{'(202) 555-0143' if n % 10 == 0 else ''},{'  ' if n % 2 else ''},2026-11-{1 + n % 30:02}\n"
        for n in range(count)
    ]
    return ("Who,Phone,Note,Visit\n" + "".join(rows)).encode()


def test_every_record_is_counted_and_the_kind_is_guessed(company: Company) -> None:
    source = loaded(patients(5_000))
    columns = column_profiles(source)
    assert [(each.kind, each.filled) for each in columns] == [
        (ColumnKind.NAME, 5_000),
        (ColumnKind.PHONE, 500),
        (ColumnKind.EMPTY, 0),
        (ColumnKind.DATE, 5_000),
    ]
    assert [each.fill_rate(source.rows_loaded) for each in columns] == [1.0, 0.1, 0.0, 1.0]
    assert [each.samples for each in columns] == [
        ["EXAMPLE, ANN", "EXAMPLE, BOB", "EXAMPLE, CARL"],
        ["(202) 555-0143"],
        [],
        ["2026-11-01", "2026-11-02", "2026-11-03"],
    ]


def test_the_kind_is_that_of_the_whole_file_and_not_of_its_beginning(company: Company) -> None:
    odd = "Phone,x\n" + "see the note,1\n" * 1_000 + "202 555 0143,1\n" * 9_000
    assert column_profiles(loaded(odd.encode()))[0].kind is ColumnKind.PHONE


def test_no_more_than_some_cells_are_read_of_a_long_list(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noting(cells: list[str], _region: str) -> dict[str, int]:
        read.extend(cells)
        return {}

    monkeypatch.setattr(profiling, "reads_as", noting)
    loaded(b"n\n" + b"".join(b"%d\n" % n for n in range(20_000)))
    assert 90 <= len(read) <= 101
    assert int(read[-1]) > 19_000


@given(filled=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30), rejected=st.booleans())
def test_what_is_counted_is_what_is_filled(whole_app: Flask, filled: list[tuple[bool, bool]], rejected: bool) -> None:
    with whole_app.app_context():
        owner = factories.person(f"{factories.new_id()}@clinic.example")
        with tenancy.company(factories.company("A", owner).id):
            rows = [f"{'x' * a}\t{'y' * b}\tz\n" for a, b in filled] + ["1\t2\t3\t4\n"] * rejected
            columns = column_profiles(loaded(("a\tb\tc\n" + "".join(rows)).encode()))
    assert [each.filled for each in columns] == [
        sum(a for a, _ in filled),
        sum(b for _, b in filled),
        len(filled),
    ]


def test_slices_count_what_one_pass_counts(company: Company, other_company: Company) -> None:
    content = patients(3_000)
    at_once = column_profiles(loaded(content))
    source = factories.source([], header=["Who", "Phone", "Note", "Visit"], fields=["who", "phone", "note", "visit"])
    assert [each.filled for each in described(source)] == [0, 0, 0, 0]
    source = loaded(content)
    source.profile, source.profiled_row, source.profiled_at = [], 0, None
    db.session.commit()
    assert described(source) == at_once


def test_a_killed_worker_s_slice_is_counted_once(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    source = loaded(patients(3_000))
    expected = column_profiles(source)
    source.profile, source.profiled_row, source.profiled_at = [], 0, None
    db.session.commit()
    assert profile_slice(company.id, source.id, LONG_AGO)
    with monkeypatch.context() as patched:
        patched.setattr(profiling, "_keep", _die)
        with pytest.raises(KeyboardInterrupt):
            profile_slice(company.id, source.id, LONG_AGO)
    db.session.rollback()
    assert described(source) == expected


def test_two_workers_at_one_profile_count_each_row_once(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    source = loaded(patients(3_000))
    expected = column_profiles(source)
    source.profile, source.profiled_row, source.profiled_at = [], 0, None
    db.session.commit()
    keep = profiling._keep

    def after_another(*arguments: object, **options: object) -> bool:
        monkeypatch.setattr(profiling, "_keep", keep)
        profile_slice(company.id, source.id, LONG_AGO)
        return keep(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(profiling, "_keep", after_another)
    assert not profile_slice(company.id, source.id, LONG_AGO), "the slower one leaves the rest to the other"
    assert described(source) == expected


def test_samples_are_there_before_anything_is_counted(company: Company) -> None:
    source = factories.source([["Ann", "", "", "Dr. Bell", "", ""], ["Bob", " ", "x" * 500, "Dr. Bell", "", ""]])
    columns = column_profiles(source)
    assert [each.samples for each in columns[:4]] == [["Ann", "Bob"], [], ["x" * 99 + "…"], ["Dr. Bell"]]
    assert {(each.kind, each.filled, each.fill_rate(2)) for each in columns} == {(None, None, None)}


def test_reading_a_file_anew_describes_it_anew(company: Company) -> None:
    source = loaded(b"a;b\n1;\n")
    assert [each.column for each in column_profiles(source)] == ["a", "b"]
    source = correct(source.id, Correction(delimiter=","))
    assert [(each.column, each.filled) for each in column_profiles(source)] == [("a;b", None)]
    load_file(str(company.id), str(source.id))
    assert [each.filled for each in column_profiles(state_of(company.id, source.id))] == [1]


def test_the_sweep_finds_a_loaded_file_that_nobody_describes(company: Company) -> None:
    source = loaded(b"a,b\n1,2\n")
    source.load_requested_at = source.advanced_at = LONG_AGO
    db.session.commit()
    assert find_unloaded(10) == []
    source.profile, source.profiled_row, source.profiled_at = [], 0, None
    db.session.commit()
    assert find_unloaded(10) == [(company.id, source.id)]


def test_another_company_s_file_is_not_described(company: Company, other_company: Company) -> None:
    source = factories.source([])
    with pytest.raises(tenancy.NotFoundError):
        profile_slice(other_company.id, source.id, now())


def _die(*_: object, **__: object) -> bool:
    raise KeyboardInterrupt
