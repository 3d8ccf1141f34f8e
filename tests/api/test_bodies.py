"""How much a program may send, and that nothing is read of it before its key."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from app.config import MOST_BODY_BYTES
from tests.api.program import Program
from tests.queueing.runs import limits
from tests.unread import Unread

LIST = b"Patient Name,Cell Phone\n" + b"Ann Example,2025550143\n" * 100


def upload(*files: tuple[str, bytes], **fields: str) -> dict[str, Any]:
    parts = {name: (BytesIO(content), "list.csv") for name, content in files}
    return {"data": {**parts, **fields}, "content_type": "multipart/form-data"}


@pytest.mark.parametrize("path", ["/files", "/campaigns"])
def test_nothing_is_read_of_a_body_that_comes_without_a_key(nobody: Program, path: str) -> None:
    body = Unread()
    nobody.call("POST", path, 401, input_stream=body, content_type="multipart/form-data")
    assert not body.was_read


def test_a_document_beyond_the_limit_is_refused(program: Program) -> None:
    refused = program.post("/campaigns", 413, json={"name": "x" * MOST_BODY_BYTES})
    assert [each["code"] for each in refused["errors"]] == ["too_large"]


def test_an_upload_may_be_larger_than_a_document(program: Program) -> None:
    large = LIST * (MOST_BODY_BYTES // len(LIST) + 1)
    assert program.post("/files", 201, **upload(("file", large)))["size_bytes"] == len(large)


def test_a_file_beyond_its_limit_is_refused(app: Flask, program: Program) -> None:
    with limits(app, max_upload_bytes=len(LIST)):
        program.post("/files", 201, **upload(("file", LIST)))
        refused = program.post("/files", 413, **upload(("file", LIST + b"x")))
        assert [(each["code"], each["where"]) for each in refused["errors"]] == [("too_large", "files.file")]
        refused = program.post("/files", 413, **upload(("file", LIST + b"x" * MOST_BODY_BYTES)))
        assert [each["code"] for each in refused["errors"]] == ["too_large"]


def test_files_come_one_by_one(program: Program) -> None:
    refused = program.post("/files", 422, **upload(("file", LIST), ("another", LIST)))
    assert [each["code"] for each in refused["errors"]] == ["several_files"]
    assert program.get("/files")["items"] == []


def test_a_misspelled_field_of_an_upload_is_refused(program: Program) -> None:
    refused = program.post("/files", 422, **upload(("file", LIST), laod="true"))
    assert [(each["code"], each["where"]) for each in refused["errors"]] == [("invalid", "form.laod")]
