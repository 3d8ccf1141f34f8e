"""A stream that knows how far it was read, and how far it may be."""

import io
from typing import BinaryIO

from app.ingest.errors import FileCode, FileRefused


class CountedStream(io.RawIOBase):
    """Reads `stream`, counts the bytes, and raises FileRefused(`code`) beyond `max_bytes`.

    Files of every fsspec protocol differ a little; behind this they are all alike, and `io.TextIOWrapper` takes them.
    """

    def __init__(self, stream: BinaryIO, max_bytes: int, code: FileCode = FileCode.TOO_LARGE) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self._code = code
        self.position = 0

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants a wider protocol
        """Fills `buffer` as far as one read of the stream does; 0 at the end."""
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.position += len(chunk)
        if self.position > self._max_bytes:
            raise FileRefused(self._code, limit=self._max_bytes)
        return len(chunk)
