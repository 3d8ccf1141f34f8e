"""Where the bytes of uploaded files lie: any place that fsspec knows, at `STORAGE_URL`."""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast
from uuid import UUID

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from app.extensions import settings
from app.models.base import new_id

_CHUNK_BYTES = 1024 * 1024
_KEY_CHARS = 100
_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9._-]+")
_KEY = re.compile(r"[0-9a-f-]{36}/[0-9a-f-]{36}/[A-Za-z0-9_-][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A stored file: its path below `STORAGE_URL`, its bytes, and their SHA-256 in hex."""

    path: str
    size: int
    sha256: str


def store(company_id: UUID, stream: BinaryIO, filename: str) -> StoredFile:
    """Copies `stream`, from where it stands to its end, to a place of its own below the company's.

    The file's name is a hint for people who look into the store, and has no say in where the file lies.
    """
    path = f"{company_id}/{new_id()}/{_key(filename)}"
    filesystem, address = _at(path)
    filesystem.makedirs(str(PurePosixPath(address).parent), exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        with filesystem.open(address, "wb") as target:
            while chunk := stream.read(_CHUNK_BYTES):
                target.write(chunk)
                digest.update(chunk)
                size += len(chunk)
    except BaseException:
        # closing wrote what there was: half a file that nothing will ever point to
        with suppress(FileNotFoundError):
            filesystem.rm(address)
        raise
    return StoredFile(path, size, digest.hexdigest())


def open_stored(path: str) -> BinaryIO:
    """Opens a stored file for reading. Raises FileNotFoundError when it is gone, ValueError for no path of ours."""
    if not _KEY.fullmatch(path):
        raise ValueError(f"not the path of a stored file: {path!r}")
    filesystem, address = _at(path)
    return cast(BinaryIO, filesystem.open(address, "rb"))


def _at(path: str) -> tuple[AbstractFileSystem, str]:
    filesystem, root = url_to_fs(settings().storage_url)
    return filesystem, f"{root.rstrip('/')}/{path}"


def _key(filename: str) -> str:
    name = _NOT_IN_KEYS.sub("_", filename.replace("\\", "/").rpartition("/")[2]).lstrip(".")
    return name[-_KEY_CHARS:].lstrip(".") or "file"
