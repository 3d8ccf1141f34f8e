"""How a file is read: looked at on its page, corrected, settled on."""

from collections.abc import Callable

import pytest

from app.campaigns.definition import Definition
from app.extensions import db, redis
from app.models import Company, DataSource, Role, RunPart, SourceStatus
from tests import factories
from tests.ingest.workbooks import xlsx
from tests.portal.conftest import Visitor
from tests.portal.page import Page
from tests.portal.uploads import LIST, load, sources, upload

WESTERN = "Name;Note\nNúñez;a,b\nPeña;c\n".encode("cp1252")
AS_FOUND = {"encoding": "cp1252", "delimiter": ";", "quote": '"', "has_header": "yes"}


@pytest.fixture
def western(visitor: Visitor) -> DataSource:
    """A file that has been uploaded and not loaded."""
    upload(visitor, (WESTERN, "march.csv"))
    return sources()[0]


def first_rows(visitor: Visitor, source: DataSource, **chosen: str) -> Page:
    """The piece that htmx asks for."""
    fields = {"csrf_token": visitor.get("/companies/new").csrf_token} | AS_FOUND | chosen
    path = f"/files/{source.id}/reading/first-rows"
    return Page(visitor.open("POST", path, data=fields, headers={"HX-Request": "true"}))


def test_the_page_of_a_new_file_says_how_it_is_read(visitor: Visitor, western: DataSource) -> None:
    page = visitor.get(f"/files/{western.id}")

    chosen = [option.partition(">")[2].partition("<")[0] for option in page.html.split("<option selected")[1:]]
    assert chosen == ["Windows-1252", "Semicolon", "Double quotes", "Column names"]
    assert page.attributes["hx-post"] == 1


def test_the_first_rows_follow_what_is_chosen_and_nothing_is_changed(visitor: Visitor, western: DataSource) -> None:
    assert "Name {{ name }} Note {{ note }} 2 Núñez a,b 3 Peña c" in first_rows(visitor, western).text
    changed = first_rows(visitor, western, delimiter=",", has_header="no").text
    assert "Column 1 {{ column_1 }} Column 2 {{ column_2 }} 1 Name;Note 2 Núñez;a b" in changed
    assert sources()[0].delimiter == ";"


def test_a_row_that_would_be_rejected_says_so(visitor: Visitor) -> None:
    upload(visitor, (b"Name,Phone\nAnn,1,2\n", "march.csv"))
    text = first_rows(visitor, sources()[0], encoding="utf-8", delimiter=",").text
    assert "Rejected. The row has cells beyond the last named column. Ann,1,2" in text


def test_why_a_file_cannot_be_read_as_chosen_is_said_in_place_of_its_rows(
    visitor: Visitor, western: DataSource
) -> None:
    upload(visitor, ("Día;Note\n".encode("cp1252"), "april.csv"))
    assert "characters cannot be read" in first_rows(visitor, sources()[1], encoding="utf-8").text
    assert "Choose from what is offered." in first_rows(visitor, western, encoding="klingon").text


def test_without_javascript_the_first_rows_come_in_a_page(visitor: Visitor, western: DataSource) -> None:
    response = visitor.post(f"/files/{western.id}/reading/first-rows", **AS_FOUND | {"has_header": "no"})

    page = Page(response)
    page.check()
    assert "Column 1 {{ column_1 }}" in page.text
    assert '<option selected value="no">' in page.html


def test_what_is_chosen_is_kept_and_the_file_is_loaded(visitor: Visitor, western: DataSource) -> None:
    response = visitor.post(f"/files/{western.id}/reading", **AS_FOUND | {"has_header": "no"})

    [source] = sources()
    assert response.location == f"/files/{source.id}"
    assert (source.has_header, source.columns) == (False, ["Column 1", "Column 2"])
    assert source.load_requested_at is not None
    assert redis().llen("rq:queue:ingest") == 1


def test_of_a_spreadsheet_the_sheet_can_be_chosen(visitor: Visitor) -> None:
    upload(visitor, (xlsx([["Name"], ["Ann"]], June=[["Phone"], [12025550143]]), "march.xlsx"))
    [source] = sources()
    page = visitor.get(f"/files/{source.id}")
    assert "Sheet List June First row" in page.text
    assert "Encoding" not in page.text
    assert "Phone {{ phone }} 2 12025550143" in first_rows(visitor, source, sheet="June").text

    visitor.post(f"/files/{source.id}/reading", sheet="June", has_header="yes")

    assert sources()[0].columns == ["Phone"]


def test_a_loaded_file_can_be_read_differently(visitor: Visitor, western: DataSource) -> None:
    load(western)
    page = visitor.get(f"/files/{western.id}")
    assert "Read it differently" in page.text
    assert "hx-post" not in page.attributes
    assert "What was loaded is replaced." in visitor.get(f"/files/{western.id}?reading=on").text

    visitor.post(f"/files/{western.id}/reading", **AS_FOUND | {"delimiter": ","})
    load(sources()[0])

    assert "Name;Note" in visitor.get(f"/files/{western.id}").text


def test_a_file_that_failed_can_be_tried_again(visitor: Visitor, western: DataSource) -> None:
    western.status, western.error_code = SourceStatus.FAILED, "file_missing"
    db.session.commit()
    assert "Load it again like this" in visitor.get(f"/files/{western.id}").text

    visitor.post(f"/files/{western.id}/reading", **AS_FOUND)

    [source] = sources()
    assert (source.status, source.error_code) == (SourceStatus.UPLOADED, None)
    assert source.load_requested_at is not None


def test_a_file_that_a_run_has_used_stays_as_it_is(visitor: Visitor, company: Company) -> None:
    source = factories.source([["Ann", "", "", "", "", ""]])
    run = factories.run(factories.campaign(Definition(), [source]))
    part = {"run_id": run.id, "data_source_id": source.id, "first_row": 1, "last_row": 2, "position": 2}
    db.session.add(RunPart(company_id=company.id, **part))
    db.session.commit()
    assert "Read it differently" not in visitor.get(f"/files/{source.id}").text

    answer = visitor.post(f"/files/{source.id}/reading", **AS_FOUND)

    assert "A run has used the file" in visitor.get(answer.location).text
    assert sources()[0].rows_loaded == 1


def test_a_viewer_sees_the_columns_and_no_choice(visitor: Visitor, visitor_of: Callable[[Role], Visitor]) -> None:
    upload(visitor, (LIST, "march.csv"))

    page = visitor_of(Role.VIEWER).get(f"/files/{sources()[0].id}")

    assert "Patient Name {{ patient_name }}" in page.text
    assert "hx-post" not in page.attributes
