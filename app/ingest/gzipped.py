"""A list packed with gzip."""

import gzip
from typing import BinaryIO, cast

BEGINNING = b"\x1f\x8b"


def unpacking(stream: BinaryIO) -> BinaryIO:
    """What `stream` unpacks to, a little at a time; several packed pieces in a row are one text."""
    return cast(BinaryIO, gzip.GzipFile(fileobj=stream, mode="rb"))
