"""Files by program."""

import io
from typing import Any

import pytest
from flask import Flask

from tests.api.program import Program
from tests.ingest.workbooks import xlsx
from tests.working import work_until_idle


def upload(program: Program, content: bytes, name: str = "list.csv", status: int = 201, load: bool = False) -> Any:
    data = {"file": (io.BytesIO(content), name), "load": str(load).lower()}
    return program.post("/files", status, data=data, content_type="multipart/form-data")


def test_a_file_says_how_it_is_read(program: Program) -> None:
    found = upload(program, "Ann;2025550143\nNúñez;2025550144\n".encode("cp1252"), "list.xlsx")
    assert {name: found[name] for name in ("format", "encoding", "delimiter", "quote", "has_header", "columns")} == {
        "format": "text",
        "encoding": "cp1252",
        "delimiter": ";",
        "quote": '"',
        "has_header": False,
        "columns": ["Column 1", "Column 2"],
    }
    assert (found["sheet"], found["sheets"]) == (None, [])


def test_how_a_file_is_read_can_be_corrected_before_and_after_it_is_loaded(app: Flask, program: Program) -> None:
    found = upload(program, "Name;Día\nNúñez;1,5\n".encode("cp1252"))
    changed = program.patch(f"/files/{found['id']}", {"delimiter": ",", "has_header": False})
    assert (changed["delimiter"], changed["has_header"], changed["encoding"]) == (",", False, "cp1252")
    assert changed["columns"] == ["Column 1", "Column 2"]
    program.post(f"/files/{found['id']}/load", 202)
    work_until_idle(app)
    assert program.get(f"/files/{found['id']}")["rows_loaded"] == 2

    changed = program.patch(f"/files/{found['id']}", {"delimiter": ";", "has_header": True})

    assert (changed["status"], changed["rows_loaded"], changed["columns"]) == ("uploaded", 0, ["Name", "Día"])
    program.post(f"/files/{found['id']}/load", 202)
    work_until_idle(app)
    assert program.get(f"/files/{found['id']}")["rows_loaded"] == 1


def test_a_sheet_can_be_chosen(program: Program) -> None:
    found = upload(program, xlsx([["Name"], ["Ann"]], June=[["Phone"], [12025550143]]))
    changed = program.patch(f"/files/{found['id']}", {"sheet": "June"})
    assert (changed["sheet"], changed["columns"]) == ("June", ["Phone"])


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"encoding": "klingon"}, 422, "unknown_encoding"),
        ({"delimiter": "::"}, 422, "unknown_delimiter"),
        ({"sheet": "June"}, 422, "no_such_sheet"),
        ({"quote": "`"}, 422, "invalid"),
        ({"columns": ["x"]}, 422, "invalid"),
        ({"delimiter": None}, 422, "invalid"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    program: Program, change: dict[str, object], status: int, code: str
) -> None:
    found = upload(program, b"a,b\n1,2\n")
    refused = program.patch(f"/files/{found['id']}", change, status)
    assert [each["code"] for each in refused["errors"]] == [code]


def test_a_file_is_left_alone_while_it_is_being_loaded(program: Program, other_program: Program) -> None:
    found = upload(program, b"a,b\n1,2\n", load=True)
    refused = program.patch(f"/files/{found['id']}", {"delimiter": ";"}, 409)
    assert refused["errors"][0]["code"] == "being_loaded"
    other_program.patch(f"/files/{found['id']}", {"delimiter": ";"}, 404)


def test_a_spreadsheet_has_a_sheet_and_no_delimiter(program: Program) -> None:
    found = upload(program, xlsx([], June=[["Name"], ["Ann"]]), "list.csv")
    assert (found["format"], found["encoding"], found["delimiter"], found["quote"]) == ("xlsx", None, None, None)
    assert (found["sheet"], found["sheets"][0]) == ("June", {"name": "List", "hidden": False})
