"""Files by program."""

import io
from typing import Any

import pytest
from flask import Flask

from app import tenancy
from tests.api.program import Program
from tests.ingest.lists import numbered
from tests.ingest.workbooks import xlsx
from tests.queueing.runs import limits
from tests.working import work_until_idle
from workers.ingest import load_file


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


def test_a_loaded_file_tells_what_is_in_its_columns(app: Flask, program: Program) -> None:
    found = upload(program, b'Who,Phone\n"Doe, Ann",202 555 0143\n"Doe, Bob",\n', load=True)
    before = {"kind": None, "filled": None, "fill_rate": None, "samples": []}
    assert found["profile"][1] == {"column": "Phone", "field": "phone", **before}
    work_until_idle(app)
    who, phone = program.get(f"/files/{found['id']}")["profile"]
    assert who["samples"] == ["Doe, Ann", "Doe, Bob"]
    assert [who[name] for name in ("column", "field", "kind", "filled", "fill_rate")] == ["Who", "who", "name", 2, 1]
    assert [phone[name] for name in ("kind", "filled", "fill_rate")] == ["phone", 1, 0.5]


def test_the_same_bytes_uploaded_before_are_told_and_taken(program: Program, other_program: Program) -> None:
    content = b"a,b\n1,2\n"
    upload(other_program, content)
    first = upload(program, content)
    second = upload(program, content, "again.csv")
    assert (first["same_bytes_as"], second["same_bytes_as"]) == ([], [first["id"]])
    assert program.get(f"/files/{first['id']}")["same_bytes_as"] == [second["id"]]


def test_loading_can_be_followed(app: Flask, program: Program) -> None:
    found = upload(program, numbered(2_000), load=True)
    names = ("status", "rows", "percent", "rows_per_second", "seconds_left")
    assert [found[name] for name in names] == ["uploaded", 0, 0, None, None]

    with limits(app, ingest_batch_rows=500, slice_seconds=-1.0):
        load_file(str(tenancy.company_id()), found["id"])
        load_file(str(tenancy.company_id()), found["id"])

    half_way = program.get(f"/files/{found['id']}")
    assert (half_way["status"], half_way["rows"]) == ("loading", 1_000)
    assert 0 < half_way["percent"] < 100
    assert half_way["rows_per_second"] > 0
    assert half_way["seconds_left"] is not None
    work_until_idle(app)
    done = program.get(f"/files/{found['id']}")
    assert [done[name] for name in names if name != "rows_per_second"] == ["loaded", 2_000, 100, None]


def test_rejected_rows_are_told_with_number_code_words_and_text(
    app: Flask, program: Program, other_program: Program
) -> None:
    found = upload(program, b'a,b\n1,"two\nlines"\n1,2,3\n1,2\n4,5,6\n', load=True)
    work_until_idle(app)
    address = f"/files/{found['id']}/rejected"
    words = "The row has cells beyond the last named column."
    first = {"row_number": 3, "code": "too_many_cells", "words": words, "raw": "1,2,3"}
    assert program.get(address, limit=1) == {"items": [first], "next": 3}
    assert program.get(address, after=3) == {"items": [first | {"row_number": 5, "raw": "4,5,6"}], "next": None}
    other_program.get(address, 404)
