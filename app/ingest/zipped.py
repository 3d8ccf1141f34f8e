"""Zip archives: a list packed by itself, or a spreadsheet, which is an archive of many parts.

An archive says in its directory how large its parts are. What it says is checked before anything is unpacked; what
comes out is counted all the same (`unpacked.py`), because an archive can lie.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from app.ingest.errors import FileCode, FileRefused
from app.ingest.table import Limits
from app.models import FileFormat

BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
"""The second is that of an archive without a part."""

_OFFICE_PART = "[Content_Types].xml"
_HEADER_BYTES = 30
_CHUNK_BYTES = 256 * 1024
_LARGEST_READ = 4 * 1024 * 1024
_NO_FILE_BYTES = 2**62
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_DAMAGE = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, struct.error)


class _ShortReads(io.RawIOBase):
    """Refuses to read much at once, which `zipfile` does for the directory only: millions of parts fill the memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET and not 0 <= offset < _NO_FILE_BYTES:
            raise zipfile.BadZipFile
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        if size > _LARGEST_READ:
            raise zipfile.BadZipFile
        return self._stream.read(size)


def open_archive(stream: BinaryIO) -> zipfile.ZipFile:
    """The archive that begins where `stream` does. Raises FileRefused(damaged_file)."""
    try:
        return zipfile.ZipFile(cast(BinaryIO, _ShortReads(stream)))
    except _DAMAGE:
        raise FileRefused(FileCode.DAMAGED_FILE) from None


def packed_list(archive: zipfile.ZipFile, limits: Limits) -> zipfile.ZipInfo:
    """The only file in an archive; what a Mac adds to it does not count.

    Raises FileRefused: not_one_file, encrypted, damaged_file, unpacked_too_large, binary_file.
    """
    if _OFFICE_PART in archive.namelist():
        raise FileRefused(FileCode.BINARY_FILE)
    # `ZipInfo.is_dir` fails for a part without a name
    parts = [part for part in archive.infolist() if not part.filename.endswith("/")]
    files = [part for part in parts if not part.filename.startswith("__MACOSX/")]
    if len(files) != 1:
        raise FileRefused(FileCode.NOT_ONE_FILE, files=len(files))
    (found,) = files
    _check_readable(found)
    if found.file_size > limits.max_unpacked_bytes:
        raise FileRefused(FileCode.UNPACKED_TOO_LARGE, limit=limits.max_unpacked_bytes)
    return found


def spreadsheet_in(archive: zipfile.ZipFile) -> FileFormat | None:
    """What kind of spreadsheet an archive is, if it is one."""
    names = set(archive.namelist())
    if _OFFICE_PART in names and any(name.startswith("xl/") and name.endswith(".xml") for name in names):
        return FileFormat.XLSX
    return FileFormat.ODS if {"mimetype", "content.xml", "META-INF/manifest.xml"} <= names else None


def check_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Adds up what the parts say that they unpack to, then unpacks each to see. Leaves the stream anywhere.

    `zipfile` stops where a part says that it ends, but other readers do not: so the bytes are unpacked without it.
    Raises FileRefused: unpacked_too_large, encrypted, damaged_file.
    """
    left = limits.max_unpacked_bytes - sum(part.file_size for part in archive.infolist())
    if left < 0:
        raise FileRefused(FileCode.UNPACKED_TOO_LARGE, limit=limits.max_unpacked_bytes)
    for part in archive.infolist():
        left += part.file_size
        for size in _unpacked_sizes(archive, part):
            left -= size
            if left < 0:
                raise FileRefused(FileCode.UNPACKED_TOO_LARGE, limit=limits.max_unpacked_bytes)


def _unpacked_sizes(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[int]:
    """The sizes of the pieces that a part unpacks to, none of them kept."""
    _check_readable(part)
    stream = cast(BinaryIO, archive.fp)
    stream.seek(part.header_offset)
    header = stream.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        raise FileRefused(FileCode.DAMAGED_FILE)
    stream.seek(sum(struct.unpack("<HH", header[-4:])), io.SEEK_CUR)  # a name, and more about the part
    inflate, left = zlib.decompressobj(-zlib.MAX_WBITS), part.compress_size
    while left and not inflate.eof and (packed := stream.read(min(left, _CHUNK_BYTES))):
        left -= len(packed)
        if part.compress_type == zipfile.ZIP_STORED:
            yield len(packed)
            continue
        while packed:
            try:
                yield len(inflate.decompress(packed, _CHUNK_BYTES))
            except zlib.error:
                raise FileRefused(FileCode.DAMAGED_FILE) from None
            packed = inflate.unconsumed_tail


def _check_readable(part: zipfile.ZipInfo) -> None:
    if part.flag_bits & _ENCRYPTED:
        raise FileRefused(FileCode.ENCRYPTED)
    # a directory that lies about its own place puts its parts before the beginning of the file
    if part.compress_type not in _METHODS or not 0 <= part.header_offset < _NO_FILE_BYTES:
        raise FileRefused(FileCode.DAMAGED_FILE)


def unpacking(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> BinaryIO:
    """What a part unpacks to, a little at a time. Raises FileRefused(damaged_file)."""
    try:
        return cast(BinaryIO, archive.open(part))
    except _DAMAGE:
        raise FileRefused(FileCode.DAMAGED_FILE) from None
