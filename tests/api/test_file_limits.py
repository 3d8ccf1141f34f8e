"""What a file may hold: a program that uploads more is told by a code."""

import gzip
import io

import pytest
from flask import Flask

from tests.api.program import Program
from tests.queueing.runs import limits
from tests.working import work_until_idle


def uploading(content: bytes) -> dict[str, object]:
    data = {"file": (io.BytesIO(content), "list.csv"), "load": "true"}
    return {"data": data, "content_type": "multipart/form-data"}


@pytest.mark.parametrize(
    ("limit", "content", "code", "facts"),
    [
        ({"max_file_columns": 2}, b"a,b,c\n1,2,3\n", "too_many_columns", {"columns": 3, "limit": 2}),
        ({"max_unpacked_bytes": 99}, gzip.compress(b"a,b\n" * 50), "unpacked_too_large", {"limit": 99}),
    ],
    ids=["columns", "unpacked size"],
)
def test_what_is_seen_at_once_is_refused_with_its_code(
    app: Flask, program: Program, limit: dict[str, int], content: bytes, code: str, facts: dict[str, int]
) -> None:
    with limits(app, **limit):
        refused = program.post("/files", 422, **uploading(content))
    assert [(each["code"], each["facts"]) for each in refused["errors"]] == [(code, facts)]


def test_too_many_rows_are_the_files_error(app: Flask, program: Program) -> None:
    with limits(app, max_file_rows=2):
        found = program.post("/files", 201, **uploading(b"a,b\n1,2\n3,4\n5,6\n"))
        work_until_idle(app)
    failed = program.get(f"/files/{found['id']}")
    assert (failed["status"], failed["error_code"]) == ("failed", "too_many_rows")


def test_too_long_a_cell_is_its_rows_rejection(app: Flask, program: Program) -> None:
    with limits(app, max_cell_chars=10):
        found = program.post("/files", 201, **uploading(b"a,b\n1,2\n3,elevenchars\n5,6\n"))
        work_until_idle(app)
    loaded = program.get(f"/files/{found['id']}")
    assert (loaded["status"], loaded["rows_loaded"], loaded["rows_rejected"]) == ("loaded", 2, 1)
    (row,) = program.get(f"/files/{found['id']}/rejected")["items"]
    assert (row["row_number"], row["code"]) == (3, "cell_too_long")
