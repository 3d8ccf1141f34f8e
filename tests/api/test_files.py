"""Files by program."""

import io
from typing import Any

from tests.api.program import Program
from tests.ingest.workbooks import xlsx


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


def test_a_spreadsheet_has_a_sheet_and_no_delimiter(program: Program) -> None:
    found = upload(program, xlsx([], June=[["Name"], ["Ann"]]), "list.csv")
    assert (found["format"], found["encoding"], found["delimiter"], found["quote"]) == ("xlsx", None, None, None)
    assert (found["sheet"], found["sheets"][0]) == ("June", {"name": "List", "hidden": False})
