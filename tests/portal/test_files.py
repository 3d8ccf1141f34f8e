import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from app.config import MOST_BODY_BYTES
from app.extensions import db, redis
from app.models import Company, DataSource, RejectedRow, Role, SourceStatus
from tests import factories
from tests.ingest.workbooks import xlsx
from tests.portal.conftest import Visitor
from tests.portal.page import Page
from tests.portal.uploads import LIST, load, sources, upload
from tests.queueing.runs import limits
from tests.unread import Unread


def test_an_uploaded_file_waits_to_be_looked_at(visitor: Visitor) -> None:
    response = upload(visitor, (LIST, "march.csv"))

    [source] = sources()
    assert response.location == f"/files/{source.id}"
    assert (source.status, source.load_requested_at) == (SourceStatus.UPLOADED, None)
    assert redis().llen("rq:queue:ingest") == 0


def test_a_file_can_be_loaded_without_a_look(visitor: Visitor) -> None:
    upload(visitor, (LIST, "march.csv"), load=True)

    assert sources()[0].load_requested_at is not None
    assert redis().llen("rq:queue:ingest") == 1


@pytest.mark.parametrize(("load", "said"), [(True, "2 files are being loaded."), (False, "2 files were uploaded.")])
def test_several_files_can_be_uploaded_at_once(visitor: Visitor, load: bool, said: str) -> None:
    response = upload(visitor, (LIST, "march.csv"), (LIST + b"Cy,1\n", "april.csv"), load=load)

    assert response.location == "/files/"
    assert [source.filename for source in sources()] == ["march.csv", "april.csv"]
    assert said in visitor.get("/files/").text


def test_a_refused_file_is_named_with_the_reason_and_does_not_hold_up_the_others(visitor: Visitor) -> None:
    response = upload(visitor, (LIST, "good.csv"), (b"", "empty.csv"), (b"PK\x03\x04\0\0\0\0", "photo.csv"))

    assert response.status_code == 422
    assert [source.filename for source in sources()] == ["good.csv"]
    assert "empty.csv</strong> was not accepted. The file is empty." in response.text
    assert "photo.csv</strong> was not accepted." in response.text
    assert "good.csv</a> was uploaded." in response.text


def test_each_file_of_an_upload_is_held_to_the_limit(app: Flask, visitor: Visitor) -> None:
    with limits(app, max_upload_bytes=len(LIST)):
        response = upload(visitor, (LIST, "good.csv"), (LIST + b"x", "large.csv"))

    assert response.status_code == 422
    assert "large.csv</strong> was not accepted. The file is larger than" in response.text
    assert [source.filename for source in sources()] == ["good.csv"]


def test_an_upload_beyond_the_limit_is_answered_with_a_page(app: Flask, visitor: Visitor) -> None:
    with limits(app, max_upload_bytes=len(LIST)):
        response = upload(visitor, (b"x" * (MOST_BODY_BYTES + len(LIST)), "huge.csv"))

    assert response.status_code == 413
    page = Page(response)
    page.check()
    assert page.headings == ["Too large"]


def test_an_upload_may_be_larger_than_any_other_form(visitor: Visitor) -> None:
    large = LIST * (MOST_BODY_BYTES // len(LIST) + 1)
    assert upload(visitor, (large, "large.csv")).status_code == 302
    assert visitor.post("/campaigns/new", name="x" * MOST_BODY_BYTES).status_code == 413


def test_nothing_is_read_of_an_upload_before_it_is_known_who_sends_it(
    stranger: Visitor, visitor_of: Callable[[Role], Visitor]
) -> None:
    for visitor, status in ((stranger, 302), (visitor_of(Role.VIEWER), 403)):
        body = Unread()
        response = visitor.open("POST", "/files/upload/", input_stream=body, content_type="multipart/form-data")
        assert response.status_code == status
        assert not body.was_read


def test_a_spreadsheet_is_taken_and_its_sheet_is_named(visitor: Visitor) -> None:
    upload(visitor, (xlsx([], June=[["Patient Name"], ["Ann Example"]]), "march.csv"))
    [source] = sources()
    load(source)

    page = visitor.get(f"/files/{source.id}")

    assert "1 records loaded" in page.text
    assert "June" in page.text
    assert "Patient Name {{ patient_name }} Name 100% filled Ann Example" in page.text


def test_sending_the_form_without_a_file_says_what_to_do(visitor: Visitor) -> None:
    response = visitor.post("/files/upload/")

    assert response.status_code == 422
    assert "Choose a file first." in response.text


def test_an_upload_by_htmx_is_answered_with_where_to_go_or_with_notices(visitor: Visitor) -> None:
    good = upload(visitor, (LIST, "march.csv"), headers={"HX-Request": "true"})
    bad = upload(visitor, (b"", "empty.csv"), headers={"HX-Request": "true"})

    assert good.headers["HX-Redirect"] == f"/files/{sources()[0].id}"
    assert bad.status_code == 422
    assert "The file is empty." in bad.text
    assert "<h1" not in bad.text


def test_progress_is_asked_for_until_the_loading_has_ended(visitor: Visitor) -> None:
    upload(visitor, (LIST, "march.csv"), load=True)
    [source] = sources()
    piece = visitor.fragment(f"/files/{source.id}/progress")
    assert "hx-get" in piece.attributes

    load(source)
    last = visitor.fragment(f"/files/{source.id}/progress")

    assert "hx-get" not in last.attributes
    assert last.response.headers["HX-Refresh"] == "true"
    assert "hx-get" not in visitor.get(f"/files/{source.id}").attributes


def test_a_loaded_file_shows_its_columns_with_different_values_of_each(visitor: Visitor, company: Company) -> None:
    source = factories.source([["Ann", "", "", "Dr. Bell", "", ""], ["Bob", " ", "", "Dr. Bell", "", ""]])

    page = visitor.get(f"/files/{source.id}")

    assert "2 records loaded" in page.text
    assert "Patient Name {{ patient_name }} counting… Ann Bob" in page.text
    assert page.text.count("Dr. Bell") == 1


def test_a_loaded_file_shows_what_its_columns_look_like_and_how_full_they_are(visitor: Visitor) -> None:
    upload(
        visitor, (b"Who,Phone,Fax\n" + b'"Doe, Ann",202 555 0143,\n"Doe, Bob", ,\n"Doe, Cy",202 555 0143,\n', "m.csv")
    )
    [source] = sources()
    load(source)

    page = visitor.get(f"/files/{source.id}")

    assert "Who {{ who }} Name 100% filled Doe, Ann Doe, Bob Doe, Cy" in page.text
    assert "Phone {{ phone }} Phone 67% filled 1 blank 202 555 0143" in page.text
    assert "Fax {{ fax }} Nothing 0% filled –" in page.text


def test_columns_are_asked_for_again_until_they_have_been_counted(visitor: Visitor, company: Company) -> None:
    source = factories.source([["Ann", "", "", "", "", ""]])
    piece = visitor.fragment(f"/files/{source.id}/columns")
    assert "hx-get" in piece.attributes
    assert "counting…" in piece.text

    load(source)
    piece = visitor.fragment(f"/files/{source.id}/columns")

    assert "hx-get" not in piece.attributes
    assert "Patient Name {{ patient_name }} Name 100% filled Ann" in piece.text
    assert visitor.open("GET", f"/files/{source.id}/columns").location == f"/files/{source.id}"


def test_the_same_bytes_uploaded_twice_are_a_warning(visitor: Visitor) -> None:
    upload(visitor, (LIST, "march.csv"))
    upload(visitor, (LIST, "march again.csv"))

    page = visitor.get(f"/files/{sources()[1].id}")

    assert "The same bytes were uploaded before: march.csv" in page.text


def test_a_file_that_failed_says_why(visitor: Visitor, company: Company) -> None:
    source = factories.source([])
    source.status, source.error_code, source.error_facts = SourceStatus.FAILED, "too_many_rows", {"limit": 5}
    db.session.commit()

    assert "The file has more than 5 rows." in visitor.get(f"/files/{source.id}").text


def test_records_are_paged_by_row_number_without_a_gap(visitor: Visitor, company: Company) -> None:
    source = factories.source([[f"Person {n:03}", "", "", "", "", ""] for n in range(2, 122)])

    seen = ""
    path: str | None = f"/files/{source.id}/records"
    while path:
        page = visitor.get(path)
        seen += page.text
        path = next((link for link in page.links if "after=" in link), None)

    assert [seen.count(f"Person {n:03}") for n in range(2, 122)] == [1] * 120


def test_a_header_that_looks_like_markup_or_like_ours_is_shown_as_it_is(visitor: Visitor, company: Company) -> None:
    source = factories.source([["1", "2"]], header=["# of visits", "<b>~x</b>"], fields=["of_visits", "b_x_b"])

    page = visitor.get(f"/files/{source.id}/records")

    assert "# of visits" in page.text
    assert "<b>~x</b>" in page.text


@pytest.fixture
def source_with_rejections(company: Company) -> DataSource:
    source = factories.source([])
    source.filename, source.rows_rejected = "march.csv", 2
    db.session.add_all(
        RejectedRow(company_id=source.company_id, data_source_id=source.id, row_number=row, code=code, raw=raw)
        for row, code, raw in ((7, "too_many_cells", "=1+1,a,b"), (9, "open_quote", '"Ann'))
    )
    db.session.commit()
    return source


def test_rejected_rows_are_shown_with_number_reason_and_text(
    visitor: Visitor, source_with_rejections: DataSource
) -> None:
    page = visitor.get(f"/files/{source_with_rejections.id}/rejected")

    assert "7 The row has cells beyond the last named column. =1+1,a,b" in page.text
    assert '9 A quote is opened and not closed. "Ann' in page.text


def test_rejected_rows_can_be_taken_along_as_csv(visitor: Visitor, source_with_rejections: DataSource) -> None:
    response = visitor.download(f"/files/{source_with_rejections.id}/rejected.csv")

    assert response.mimetype == "text/csv"
    assert "march-rejected.csv" in response.headers["Content-Disposition"]
    assert list(csv.reader(io.StringIO(response.text.lstrip("\ufeff")))) == [
        ["Row", "Code", "Reason", "Text"],
        ["7", "too_many_cells", "The row has cells beyond the last named column.", "'=1+1,a,b"],
        ["9", "open_quote", "A quote is opened and not closed.", '"Ann'],
    ]
