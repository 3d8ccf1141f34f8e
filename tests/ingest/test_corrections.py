"""Reading a file in another way than it looks, before it is loaded and afterwards."""

import csv
import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import tenancy
from app.campaigns.definition import Definition
from app.campaigns.editing import revise_campaigns_of
from app.clock import now
from app.extensions import db
from app.ingest.batches import Batch, batches
from app.ingest.corrections import Correction, correct, first_look
from app.ingest.dialect import POSSIBLE_DELIMITERS
from app.ingest.encoding import ENCODINGS, told_encoding
from app.ingest.errors import FileCode, FileRefused
from app.ingest.loader import LoadOutcome, load_slice
from app.ingest.reading import open_table
from app.ingest.table import Layout, Limits, Rejection, Table
from app.ingest.uploads import request_load
from app.models import CampaignStatus, Company, DataSource, RunPart, SourceStatus
from tests import factories
from tests.ingest.lists import records_of, rejections_of, state_of, uploaded
from tests.ingest.workbooks import xlsx

LIST = "Name;Note\nNúñez;a,b\nPeña;c,d\n".encode("cp1252")


def load(source: DataSource) -> LoadOutcome:
    return load_slice(source.company_id, source.id, now() + timedelta(seconds=60))


def refused(source: DataSource, correction: Correction) -> FileCode:
    with pytest.raises(FileRefused) as caught:
        correct(source.id, correction)
    assert caught.value.words
    return caught.value.code


class TestAFirstLook:
    def test_shows_what_would_be_loaded_and_changes_nothing(self, company: Company) -> None:
        source = uploaded(LIST)
        look = first_look(source, Correction(encoding="mac_roman", delimiter=",", has_header=False))
        assert (look.columns, look.fields) == (["Column 1", "Column 2"], ["column_1", "column_2"])
        assert look.rows == [(1, ["Name;Note", ""]), (2, ["N˙Òez;a", "b"]), (3, ["PeÒa;c", "d"])]
        assert (state_of(company.id, source.id).encoding, source.columns) == ("cp1252", ["Name", "Note"])

    def test_shows_the_first_rows_only_and_those_that_would_be_rejected(self, company: Company) -> None:
        source = uploaded(b"a,b\n" + b"1,2\n1,2,3\n" * 20)
        rows = first_look(source, Correction()).rows
        assert [isinstance(row, Rejection) for row in rows] == [False, True] * 5

    def test_of_a_spreadsheet_is_of_the_sheet_that_is_named(self, company: Company) -> None:
        source = uploaded(xlsx([["Name"], ["Ann"]], More=[["Phone"], [12025551234]]))
        look = first_look(source, Correction(sheet="More"))
        assert (look.columns, look.rows) == (["Phone"], [(2, ["12025551234"])])


class TestACorrection:
    def test_decides_how_the_file_is_loaded(self, company: Company) -> None:
        source = uploaded(LIST)
        correct(source.id, Correction(encoding="windows-1252", delimiter=",", quote="", has_header=False))
        source = state_of(company.id, source.id)
        assert (source.columns, source.fields) == (["Column 1", "Column 2"], ["column_1", "column_2"])
        assert load(source) == LoadOutcome.LOADED
        assert records_of(source) == [(1, ["Name;Note", ""]), (2, ["Núñez;a", "b"]), (3, ["Peña;c", "d"])]

    @pytest.mark.parametrize("delimiter", POSSIBLE_DELIMITERS)
    def test_may_name_any_plain_sign(self, company: Company, delimiter: str) -> None:
        rows = [["Name", "x"], ["Ann", "-1"], ["B\nb", "2"], *([f"name{n}", "3"] for n in range(40))]
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL).writerows(rows)
        source = uploaded(text.getvalue().encode())
        correct(source.id, Correction(delimiter=delimiter))
        load(source)
        assert [cells for _, cells in records_of(source)] == rows[1:]

    def test_of_a_loaded_file_takes_its_rows_away_until_it_is_loaded_again(self, company: Company) -> None:
        source = uploaded(b"Name|Note\nAnn|x,y\nBob|z\nCyd|1|2\n")
        load(source)
        assert (len(records_of(source)), len(rejections_of(source))) == (2, 1)

        correct(source.id, Correction(delimiter=","))

        source = state_of(company.id, source.id)
        assert (source.status, source.load_requested_at) == (SourceStatus.UPLOADED, None)
        assert (source.rows_loaded, source.rows_rejected, source.position_row, source.position_bytes) == (0, 0, 0, 0)
        assert records_of(source) == rejections_of(source) == []
        load(source)
        assert records_of(source) == [(3, ["Bob|z"]), (4, ["Cyd|1|2"])]
        assert [row[0] for row in rejections_of(source)] == [2]

    def test_of_a_file_that_failed_lets_it_try_again(
        self, app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = uploaded(xlsx([["n"], [1], [2], [3]], More=[["n"], [1]]))
        monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"max_file_rows": 2}))
        assert load(source) == LoadOutcome.FAILED
        correct(source.id, Correction(sheet="More"))
        assert load(state_of(company.id, source.id)) == LoadOutcome.LOADED
        assert state_of(company.id, source.id).error_code is None

    def test_that_changes_nothing_leaves_what_is_loaded(self, company: Company) -> None:
        source = uploaded(LIST)
        load(source)
        correct(source.id, Correction(encoding="CP1252", delimiter=";", has_header=True))
        assert len(records_of(source)) == 2
        assert state_of(company.id, source.id).status is SourceStatus.LOADED

    def test_makes_campaigns_that_speak_to_the_file_drafts_again(self, company: Company) -> None:
        source = uploaded(LIST)
        campaign = factories.campaign(Definition(), [source])
        archived = factories.campaign(Definition(), [source], CampaignStatus.ARCHIVED)
        other = factories.campaign(Definition(), [uploaded(LIST)])
        correct(source.id, Correction(has_header=False))
        db.session.expire_all()
        assert campaign.status is CampaignStatus.DRAFT
        assert archived.status is CampaignStatus.ARCHIVED
        assert other.status is CampaignStatus.READY


class TestIsRefused:
    @pytest.mark.parametrize(
        ("correction", "code"),
        [
            (Correction(encoding="klingon"), FileCode.UNKNOWN_ENCODING),
            (Correction(encoding="rot13"), FileCode.UNKNOWN_ENCODING),
            (Correction(encoding="idna"), FileCode.UNKNOWN_ENCODING),
            (Correction(delimiter=""), FileCode.UNKNOWN_DELIMITER),
            (Correction(delimiter=",,"), FileCode.UNKNOWN_DELIMITER),
            (Correction(delimiter="\n"), FileCode.UNKNOWN_DELIMITER),
            (Correction(delimiter='"'), FileCode.UNKNOWN_DELIMITER),
            (Correction(delimiter="x"), FileCode.UNKNOWN_DELIMITER),
            (Correction(delimiter="¦"), FileCode.UNKNOWN_DELIMITER),
            (Correction(delimiter="\x01"), FileCode.UNKNOWN_DELIMITER),
            (Correction(quote="`"), FileCode.UNKNOWN_QUOTE),
            (Correction(sheet="List"), FileCode.NO_SUCH_SHEET),
            (Correction(encoding="utf-8"), FileCode.UNREADABLE_ENCODING),
        ],
    )
    def test_of_a_text_what_makes_no_sense(self, company: Company, correction: Correction, code: FileCode) -> None:
        assert refused(uploaded("Día;Note\n1;2\n".encode("cp1252")), correction) == code

    @pytest.mark.parametrize(
        ("correction", "code"),
        [
            (Correction(delimiter=";"), FileCode.NOT_OF_SPREADSHEETS),
            (Correction(encoding="utf-8", sheet="List"), FileCode.NOT_OF_SPREADSHEETS),
            (Correction(sheet="Nowhere"), FileCode.NO_SUCH_SHEET),
            (Correction(sheet="Empty"), FileCode.BLANK_FILE),
        ],
    )
    def test_of_a_spreadsheet_what_it_has_not(self, company: Company, correction: Correction, code: FileCode) -> None:
        assert refused(uploaded(xlsx([["Name"], ["Ann"]], Empty=[])), correction) == code

    def test_while_the_file_is_being_loaded(self, company: Company) -> None:
        source = uploaded(LIST)
        request_load(source.id)
        assert refused(source, Correction(delimiter=",")) == FileCode.BEING_LOADED
        source.status = SourceStatus.LOADING
        db.session.commit()
        assert refused(source, Correction(delimiter=",")) == FileCode.BEING_LOADED

    def test_once_a_run_has_used_the_file(self, company: Company) -> None:
        source = uploaded(LIST)
        load(source)
        use(source)
        assert refused(source, Correction(delimiter=",")) == FileCode.USED_BY_RUN
        assert len(records_of(source)) == 2

    def test_when_a_run_takes_the_file_at_the_last_moment(
        self, app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = uploaded(LIST)
        load(source)
        campaign = factories.campaign(Definition(), [source])

        def fired() -> None:
            with app.app_context(), tenancy.company(company.id):
                use(tenancy.get(DataSource, source.id))

        def fired_before(data_source_id: UUID) -> None:
            firing = threading.Thread(target=fired)
            firing.start()
            firing.join()
            revise_campaigns_of(data_source_id)

        monkeypatch.setattr("app.ingest.corrections.revise_campaigns_of", fired_before)
        assert refused(source, Correction(delimiter=",")) == FileCode.USED_BY_RUN
        db.session.expire_all()
        assert campaign.status is CampaignStatus.READY
        assert len(records_of(source)) == 2

    def test_for_another_companys_file(self, company: Company, other_company: Company) -> None:
        source = uploaded(LIST)
        with tenancy.company(other_company.id), pytest.raises(tenancy.NotFoundError):
            correct(source.id, Correction(delimiter=","))

    def test_when_the_stored_file_is_gone(self, company: Company) -> None:
        source = uploaded(LIST)
        source.storage_path = source.storage_path.replace("list.csv", "gone.csv")
        db.session.commit()
        assert refused(source, Correction(delimiter=",")) == FileCode.FILE_MISSING


def use(source: DataSource) -> None:
    """A run takes the file."""
    run = factories.run(factories.campaign(Definition(), [source]))
    db.session.add(
        RunPart(
            company_id=source.company_id, run_id=run.id, data_source_id=source.id, first_row=1, last_row=9, position=0
        )
    )
    db.session.commit()


def test_a_worker_that_slept_through_a_correction_writes_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = uploaded(LIST)

    def slow(table: Table, rows_each: int, after_row: int = 0) -> Iterator[Batch]:
        monkeypatch.undo()
        assert load(source) == LoadOutcome.LOADED  # another worker
        correct(source.id, Correction(delimiter=","))
        return batches(table, rows_each, after_row)

    monkeypatch.setattr("app.ingest.loader.batches", slow)
    assert load(source) == LoadOutcome.TAKEN
    assert records_of(source) == []
    assert state_of(company.id, source.id).columns == ["Name;Note"]


class TestAnEncodingThatIsTold:
    @pytest.mark.parametrize(
        ("name", "beginning", "expected"),
        [
            ("UTF8", b"Name", "utf-8"),
            ("utf-8", b"\xef\xbb\xbfName", "utf-8-sig"),
            ("utf-8-sig", b"Name", "utf-8"),
            ("utf-16", b"\xff\xfeN\0", "utf-16"),
            ("utf-16", b"N\0a\0", "utf-16-le"),
            ("utf-16-be", b"\xfe\xff\0N", "utf-16"),
            ("utf-16-be", b"\0N\0a", "utf-16-be"),
            ("utf-32", b"N\0\0\0", "utf-32-le"),
            ("Windows-1252", b"\xef\xbb\xbf", "cp1252"),
            ("macintosh", b"", "mac_roman"),
        ],
    )
    def test_takes_the_variety_that_fits_the_beginning(self, name: str, beginning: bytes, expected: str) -> None:
        assert told_encoding(name, beginning) == expected


@given(st.binary(min_size=1, max_size=200), st.sampled_from(ENCODINGS), st.sampled_from(",;|~\u20ac"), st.booleans())
def test_any_bytes_read_in_any_way_are_rows_or_a_refusal(
    content: bytes, encoding: str, delimiter: str, has_header: bool
) -> None:
    layout = Layout(told_encoding(encoding, content[:4]), delimiter, has_header=has_header)
    try:
        table = open_table(io.BytesIO(content), layout, Limits())
        for row in table.rows:
            if not isinstance(row, Rejection):
                "".join(row[1]).encode()
    except FileRefused as caught:
        assert caught.words
