"""What comes out of a packed file, counted while it comes: a few bytes can unpack to more than any disk holds."""

import io
import zipfile
import zlib
from gzip import BadGzipFile
from typing import BinaryIO

from app.ingest.counted import CountedStream
from app.ingest.errors import FileCode, FileRefused

DAMAGE = (zipfile.BadZipFile, BadGzipFile, EOFError, zlib.error)
"""What the standard library raises for bytes that were not packed as it expects."""


class UnpackedStream(CountedStream):
    """Reads a stream that unpacks. Raises FileRefused: unpacked_too_large, damaged_file."""

    def __init__(self, unpacking: BinaryIO, max_bytes: int) -> None:
        super().__init__(unpacking, max_bytes, FileCode.UNPACKED_TOO_LARGE)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants a wider protocol
        """Fills `buffer` as far as one read of the stream does; 0 at the end."""
        try:
            return super().readinto(buffer)
        except DAMAGE:
            raise FileRefused(FileCode.DAMAGED_FILE) from None


def buffered(stream: io.RawIOBase) -> io.BufferedReader:
    """`stream`, read ahead by 256 kB."""
    return io.BufferedReader(stream, 256 * 1024)
