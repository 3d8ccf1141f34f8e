"""Microsoft's compound files: what holds an XLS, and an XLSX that has been given a password."""

import struct
from typing import BinaryIO

from app.ingest.errors import FileCode, FileRefused

BEGINNING = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER_BYTES = 512
_DIRECTORY_BYTES = 4096
_PROTECTED = "EncryptedPackage".encode("utf-16-le")


def check_unprotected(stream: BinaryIO) -> None:
    """Raises FileRefused(encrypted) when the directory, where it begins, names an encrypted package."""
    stream.seek(0)
    header = stream.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return
    (sector_shift,) = struct.unpack_from("<H", header, 30)
    (directory_sector,) = struct.unpack_from("<I", header, 48)
    stream.seek((directory_sector + 1) << min(sector_shift, 12))
    if _PROTECTED in stream.read(_DIRECTORY_BYTES):
        raise FileRefused(FileCode.ENCRYPTED)
