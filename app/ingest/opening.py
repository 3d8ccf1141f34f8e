"""From the bytes of a file to the bytes of the text that it holds, whatever the text was packed in."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

from app.ingest import compound, gzipped, zipped
from app.ingest.counted import CountedStream
from app.ingest.spreadsheets import sheet_text
from app.ingest.table import Layout, Limits, Sheet
from app.ingest.unpacked import UnpackedStream, buffered
from app.models import FileFormat

_BEGINNING_BYTES = 8


@dataclass(frozen=True, slots=True)
class OpenText:
    """The text of a file, not yet decoded, to be read once. Closing `content` ends whatever unpacks it.

    Reading raises FileRefused: too_large, unpacked_too_large, damaged_file, spreadsheet_too_demanding.
    """

    content: io.BufferedReader
    bytes_read: Callable[[], int]
    """How far into the stored file the reading is, at most one read-ahead in front of what was given."""
    sheet: str | None = None
    sheets: tuple[Sheet, ...] = ()
    """Of a spreadsheet: the sheet that was opened, and those that there are."""


def format_of(stream: BinaryIO, limits: Limits) -> FileFormat:
    """What the file is, by its bytes and not by its name. Leaves the seekable `stream` at its beginning.

    Raises FileRefused: damaged_file, and for a spreadsheet encrypted and unpacked_too_large.
    """
    stream.seek(0)
    beginning = stream.read(_BEGINNING_BYTES)
    found = FileFormat.TEXT
    if beginning.startswith(gzipped.BEGINNING):
        found = FileFormat.GZIP
    elif beginning.startswith(compound.BEGINNING):
        compound.check_unprotected(stream)
        found = FileFormat.XLS
    elif beginning.startswith(zipped.BEGINNINGS):
        archive = zipped.open_archive(stream)
        found = zipped.spreadsheet_in(archive) or FileFormat.ZIP
        if found.is_spreadsheet:
            zipped.check_parts(archive, limits)
    stream.seek(0)
    return found


def open_text(stream: BinaryIO, layout: Layout, limits: Limits) -> OpenText:
    """Opens the text in `stream`, which stands at its beginning; a zip has to be seekable.

    Raises FileRefused: damaged_file, not_one_file, encrypted, unpacked_too_large, and for a spreadsheet too_large,
    no_such_sheet, no_sheet_with_rows, spreadsheet_too_demanding.
    """
    if layout.format is FileFormat.ZIP:
        return _in_zip(stream, limits)
    if layout.format.is_spreadsheet:
        return _in_spreadsheet(stream, layout.sheet, limits)
    counted = CountedStream(stream, limits.max_bytes)
    if layout.format is FileFormat.TEXT:
        return OpenText(buffered(counted), lambda: counted.position)
    unpacking = gzipped.unpacking(cast(BinaryIO, buffered(counted)))
    return OpenText(buffered(UnpackedStream(unpacking, limits.max_unpacked_bytes)), lambda: counted.position)


def _in_zip(stream: BinaryIO, limits: Limits) -> OpenText:
    archive = zipped.open_archive(stream)
    part = zipped.packed_list(archive, limits)
    unpacked = UnpackedStream(zipped.unpacking(archive, part), limits.max_unpacked_bytes)
    packed_bytes = part.header_offset + part.compress_size
    return OpenText(buffered(unpacked), lambda: packed_bytes * unpacked.position // max(1, part.file_size))


def _in_spreadsheet(stream: BinaryIO, sheet: str | None, limits: Limits) -> OpenText:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    text = sheet_text(stream, sheet, limits)
    heading = text.heading
    return OpenText(
        buffered(text),
        # cells of several lines make more lines than rows
        lambda: size * min(text.lines, heading.rows) // heading.rows,
        heading.sheet,
        heading.sheets,
    )
