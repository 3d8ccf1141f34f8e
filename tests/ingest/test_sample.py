"""The made appointment list: what its manifest says is what the file holds."""

import csv
import hashlib
from datetime import date, datetime
from pathlib import Path

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email

from app.ingest.reading import inspect, open_table
from app.ingest.table import Limits, Rejection
from bench.make_sample import EMPTY_COLUMNS, HEADER, Manifest, write_sample

START = date(2026, 11, 24)


def phone_of(text: str) -> str | None:
    """E.164, or None for what phonenumbers does not call a valid number of the United States."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number)
        else None
    )


def email_of(text: str) -> str | None:
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def plain(text: str) -> str:
    return " ".join(text.casefold().split())


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def counted(rows: list[dict[str, str]]) -> Manifest:
    """Counts the faults of a list as the cleaning line would come to see them."""
    bad_phones = bad_emails = blank_phones = blank_emails = duplicates = 0
    seen = set()
    for row in rows:
        phone, email = phone_of(row["Cell Phone"]), email_of(row["E-mail"])
        blank_phones += not row["Cell Phone"]
        bad_phones += phone is None and bool(row["Cell Phone"])
        blank_emails += not row["E-mail"]
        bad_emails += email is None and bool(row["E-mail"])
        for endpoint in filter(None, (phone, email)):
            seen_as = (plain(row["Patient Name"]), plain(row["Provider"]), row["Appt Date"], endpoint)
            duplicates += seen_as in seen
            seen.add(seen_as)
    # a repeated row repeats both of its endpoints
    assert duplicates % 2 == 0
    return Manifest(len(rows), bad_phones, bad_emails, duplicates // 2, blank_phones, blank_emails)


@pytest.mark.parametrize(("rows", "seed"), [(1, 1), (20, 7), (200, 3), (3_000, 1)])
def test_the_manifest_counts_every_fault(tmp_path: Path, rows: int, seed: int) -> None:
    manifest = write_sample(tmp_path / "list.csv", rows, seed, START)
    assert counted(rows_of(tmp_path / "list.csv")) == manifest


def test_faults_come_in_the_shares_that_real_lists_have(tmp_path: Path) -> None:
    manifest = write_sample(tmp_path / "list.csv", 1_000, 1, START)
    assert (manifest.bad_phones, manifest.bad_emails, manifest.duplicates) == (30, 20, 40)
    assert manifest.reachable_by_phone == 1_000 - 30 - 40 - manifest.blank_phones
    assert manifest.reachable_by_email == 1_000 - 20 - 40 - manifest.blank_emails


def test_the_same_seed_and_day_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_sample(tmp_path / name, 200, 5, START)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    write_sample(tmp_path / "three", 200, 6, START)
    assert (tmp_path / "three").read_bytes() != (tmp_path / "one").read_bytes()


def test_numbers_are_of_many_areas_and_nobodys(tmp_path: Path) -> None:
    write_sample(tmp_path / "list.csv", 500, 1, START)
    numbers = [number for row in rows_of(tmp_path / "list.csv") if (number := phone_of(row["Cell Phone"]))]
    assert {number[5:8] for number in numbers} == {"555"}
    assert len({number[2:5] for number in numbers}) > 100


def test_appointments_are_in_office_hours_of_the_coming_week(tmp_path: Path) -> None:
    write_sample(tmp_path / "list.csv", 300, 1, START)
    for row in rows_of(tmp_path / "list.csv"):
        instant = datetime.strptime(f"{row['Appt Date']} {row['Appt Time']}", "%m/%d/%Y %I:%M %p")  # noqa: DTZ007
        assert 1 <= (instant.date() - START).days <= 7
        assert instant.isoweekday() <= 5
        assert 8 <= instant.hour < 17


def test_every_row_of_it_can_be_read(tmp_path: Path) -> None:
    write_sample(tmp_path / "list.csv", 1_000, 1, START)
    content = (tmp_path / "list.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" + ",".join(HEADER).encode() + b"," * EMPTY_COLUMNS)
    with (tmp_path / "list.csv").open("rb") as stream:
        table = open_table(stream, inspect(stream, Limits()), Limits())
        rows = list(table.rows)
    assert table.columns == HEADER
    assert not [row for row in rows if isinstance(row, Rejection)]
    assert [row[0] for row in rows if not isinstance(row, Rejection)] == list(range(2, 1_002))


def test_the_example_of_the_documentation_is_one_of_them(tmp_path: Path) -> None:
    write_sample(tmp_path / "list.csv", 20, 7, START)
    shown = Path(__file__).parents[2] / "docs" / "sample-20.csv"
    assert hashlib.sha256(shown.read_bytes()).digest() == hashlib.sha256((tmp_path / "list.csv").read_bytes()).digest()
