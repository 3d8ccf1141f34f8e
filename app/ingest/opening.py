"""From the bytes of a file to the bytes of the text that it holds, whatever the text was packed in."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

from app.ingest import gzipped, zipped
from app.ingest.counted import CountedStream
from app.ingest.table import Limits
from app.ingest.unpacked import UnpackedStream, buffered
from app.models import FileFormat

_BEGINNINGS = {gzipped.BEGINNING: FileFormat.GZIP, **dict.fromkeys(zipped.BEGINNINGS, FileFormat.ZIP)}


@dataclass(frozen=True, slots=True)
class OpenText:
    """The text of a file, not yet decoded, to be read once.

    Reading raises FileRefused: too_large, unpacked_too_large, damaged_file.
    """

    content: io.BufferedReader
    bytes_read: Callable[[], int]
    """How far into the stored file the reading is, at most one read-ahead in front of what was given."""


def format_of(stream: BinaryIO) -> FileFormat:
    """What the file is, by its first bytes and not by its name. Leaves the seekable `stream` at its beginning."""
    stream.seek(0)
    beginning = stream.read(max(map(len, _BEGINNINGS)))
    stream.seek(0)
    return next((known for mark, known in _BEGINNINGS.items() if beginning.startswith(mark)), FileFormat.TEXT)


def open_text(stream: BinaryIO, file_format: FileFormat, limits: Limits) -> OpenText:
    """Opens the text in `stream`, which stands at its beginning; a zip has to be seekable.

    Raises FileRefused: damaged_file, not_one_file, encrypted, unpacked_too_large.
    """
    if file_format is FileFormat.ZIP:
        return _in_zip(stream, limits)
    counted = CountedStream(stream, limits.max_bytes)
    if file_format is FileFormat.TEXT:
        return OpenText(buffered(counted), lambda: counted.position)
    unpacking = gzipped.unpacking(cast(BinaryIO, buffered(counted)))
    return OpenText(buffered(UnpackedStream(unpacking, limits.max_unpacked_bytes)), lambda: counted.position)


def _in_zip(stream: BinaryIO, limits: Limits) -> OpenText:
    archive = zipped.open_archive(stream)
    part = zipped.packed_list(archive, limits)
    unpacked = UnpackedStream(zipped.unpacking(archive, part), limits.max_unpacked_bytes)
    packed_bytes = part.header_offset + part.compress_size
    return OpenText(buffered(unpacked), lambda: packed_bytes * unpacked.position // max(1, part.file_size))
