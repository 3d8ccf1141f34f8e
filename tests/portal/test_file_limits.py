"""What a file may hold: whoever uploads more is told what the limit is."""

import gzip

import pytest
from flask import Flask

from tests.portal.conftest import Visitor
from tests.portal.uploads import load, sources, upload
from tests.queueing.runs import limits


@pytest.mark.parametrize(
    ("limit", "content", "words"),
    [
        ({"max_file_columns": 2}, b"a,b,c\n1,2,3\n", "The file has 3 columns; at most 2 can be loaded."),
        (
            {"max_unpacked_bytes": 1_000},
            gzip.compress(b"a,b\n" + b"1,2\n" * 500),
            "The file unpacks to more than 1000 bytes.",
        ),
    ],
    ids=["columns", "unpacked size"],
)
def test_what_is_seen_at_once_is_said_in_answer_to_the_upload(
    app: Flask, visitor: Visitor, limit: dict[str, int], content: bytes, words: str
) -> None:
    with limits(app, **limit):
        response = upload(visitor, (content, "march.csv"))

    assert response.status_code == 422
    assert f"march.csv</strong> was not accepted. {words}" in response.text
    assert sources() == []


def test_too_many_rows_are_said_on_the_files_page(app: Flask, visitor: Visitor) -> None:
    upload(visitor, (b"a,b\n1,2\n3,4\n5,6\n", "march.csv"))
    with limits(app, max_file_rows=2):
        load(sources()[0])

    assert "The file has more than 2 rows." in visitor.get(f"/files/{sources()[0].id}").text


def test_too_long_a_cell_is_said_beside_its_row(app: Flask, visitor: Visitor) -> None:
    with limits(app, max_cell_chars=10):
        upload(visitor, (b"a,b\n1,2\n3,elevenchars\n5,6\n", "march.csv"))
        load(sources()[0])

    [source] = sources()
    page = visitor.get(f"/files/{source.id}")
    assert "2 records loaded" in page.text
    assert f"/files/{source.id}/rejected" in page.html
    assert "3 A cell is longer than is allowed." in visitor.get(f"/files/{source.id}/rejected").text
