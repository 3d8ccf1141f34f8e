"""Zip archives that hold one list.

An archive says in its directory how large its parts are. What it says is checked before anything is unpacked; what
comes out is counted all the same (`unpacked.py`), because an archive can lie.
"""

import io
import struct
import zipfile
from typing import BinaryIO, cast

from app.ingest.errors import FileCode, FileRefused
from app.ingest.table import Limits

BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
"""The second is that of an archive without a part."""

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

    Raises FileRefused: not_one_file, encrypted, damaged_file, unpacked_too_large.
    """
    files = [part for part in archive.infolist() if not (part.is_dir() or part.filename.startswith("__MACOSX/"))]
    if len(files) != 1:
        raise FileRefused(FileCode.NOT_ONE_FILE, files=len(files))
    (found,) = files
    if found.flag_bits & _ENCRYPTED:
        raise FileRefused(FileCode.ENCRYPTED)
    if found.compress_type not in _METHODS:
        raise FileRefused(FileCode.DAMAGED_FILE)
    if found.file_size > limits.max_unpacked_bytes:
        raise FileRefused(FileCode.UNPACKED_TOO_LARGE, limit=limits.max_unpacked_bytes)
    return found


def unpacking(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> BinaryIO:
    """What a part unpacks to, a little at a time. Raises FileRefused(damaged_file)."""
    try:
        return cast(BinaryIO, archive.open(part))
    except _DAMAGE:
        raise FileRefused(FileCode.DAMAGED_FILE) from None
