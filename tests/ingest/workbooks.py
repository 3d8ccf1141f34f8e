"""Spreadsheets of every kind, written as spreadsheet programs write them."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt
from openpyxl.worksheet.worksheet import Worksheet

Cells = Sequence[Sequence[Any]]


def xlsx(rows: Cells, arrange: Callable[[Worksheet], object] = lambda sheet: None, **sheets: Cells) -> bytes:
    """A workbook of a sheet `List`, which `arrange` may change, and of further ones."""
    workbook = openpyxl.Workbook()
    first = workbook.active
    assert first is not None
    first.title = "List"
    for row in rows:
        first.append(list(row))
    arrange(first)
    for title, more in sheets.items():
        further = workbook.create_sheet(title)
        for row in more:
            further.append(list(row))
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def xls(rows: Cells, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A workbook of a sheet `List`; what is merged is given as first and last row, first and last column, from 0."""
    formats = {datetime: "YYYY-MM-DD HH:MM", date: "YYYY-MM-DD", time: "HH:MM:SS"}
    styles = {kind: xlwt.easyxf(num_format_str=text) for kind, text in formats.items()}
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("List")
    areas = {(area[0], area[2]): area for area in merged}
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            style = styles.get(type(value), xlwt.Style.default_style)
            if area := areas.get((number, column)):
                sheet.write_merge(*area, value, style)
            elif value is not None:
                sheet.write(number, column, value, style)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def ods(rows: Cells, **sheets: Cells) -> bytes:
    """A document of a sheet `List` and of further ones; a string that begins with `<` is an element as it stands."""
    tables = "".join(
        f'<table:table table:name="{name}">{"".join(map(_ods_row, cells))}</table:table>'
        for name, cells in {"List": rows, **sheets}.items()
    )
    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b'<?xml version="1.0"?><manifest:manifest'
            b' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": (
                f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {namespaces}><office:body>'
                f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
            ).encode(),
        }
    )


def archive(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def changed(workbook: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive whose part of that name has been changed."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as made:
        return archive({n: change(made.read(n)) if n == part else made.read(n) for n in made.namelist()})


def lying(content: bytes, part: str, size: int) -> bytes:
    """An archive that says everywhere that the part unpacks to `size` bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        real = made.getinfo(part).file_size
    return content.replace(real.to_bytes(4, "little"), size.to_bytes(4, "little"))


def behind_password() -> bytes:
    """What Excel writes when it is given a password: a compound file with an encrypted package inside."""
    name, protected = ("Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le"))
    entry = name.ljust(64, b"\0") + (len(name) + 2).to_bytes(2, "little")
    return xls([["Name"]]).replace(entry, protected.ljust(64, b"\0") + (len(protected) + 2).to_bytes(2, "little"))


def _ods_row(row: Sequence[Any]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: Any) -> str:
    if isinstance(value, str) and value.startswith("<"):
        return value
    kind, text = "string", escape(str(value))
    match value:
        case None:
            return "<table:table-cell/>"
        case bool():
            kind, text = "boolean", str(value).lower()
        case int() | float():
            kind, text = "float", repr(value)
        case date():  # a datetime is one
            kind, text = "date", value.isoformat()
        case time():
            kind, text = "time", value.strftime("PT%HH%MM%SS")
    if kind == "string":
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    attribute = "value" if kind == "float" else f"{kind}-value"
    return f'<table:table-cell office:value-type="{kind}" office:{attribute}="{text}"/>'
