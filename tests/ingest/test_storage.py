"""Where uploaded bytes go: a place of their own, whatever the file calls itself."""

import hashlib
import io
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.ingest.storage import open_stored, store
from app.models import new_id


@pytest.fixture(params=["file", "memory"])
def place(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A store on disk, and one of a protocol that is no disk."""
    url = f"file://{tmp_path}/files" if request.param == "file" else f"memory://bucket-{uuid4()}/files"
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"storage_url": url}))
    return url


def test_what_was_stored_comes_back(place: str) -> None:
    content = b"Name,Phone\n" * 300_000
    stored = store(new_id(), io.BytesIO(content), "list.csv")
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with open_stored(stored.path) as stream:
        assert stream.read() == content


def test_the_same_name_twice_is_two_files(place: str) -> None:
    company_id = new_id()
    first, second = (store(company_id, io.BytesIO(content), "list.csv") for content in (b"1", b"2"))
    assert first.path != second.path
    with open_stored(first.path) as stream:
        assert stream.read() == b"1"


@pytest.mark.parametrize(
    ("filename", "key"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\lists\\June 2026.csv", "June_2026.csv"),
        ("..", "file"),
        ("", "file"),
        (".hidden.csv", "hidden.csv"),
        ("a\0b\n.csv", "a_b_.csv"),
        ("Größe☎.csv", "Gr_e_.csv"),
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
    ],
)
def test_a_name_has_no_say_in_where_the_file_lies(place: str, filename: str, key: str) -> None:
    company_id = new_id()
    owner, _, name = store(company_id, io.BytesIO(b"1"), filename).path.split("/")
    assert (owner, name) == (str(company_id), key)


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret", f"{UUID(int=1)}/{UUID(int=2)}/../../x", "list.csv", ""])
def test_a_path_that_is_not_ours_is_not_opened(place: str, path: str) -> None:
    with pytest.raises(ValueError, match="not the path of a stored file"):
        open_stored(path)


def test_a_file_that_is_gone_is_said_to_be_missing(place: str) -> None:
    with pytest.raises(FileNotFoundError):
        open_stored(f"{uuid4()}/{uuid4()}/list.csv")


def test_an_upload_that_breaks_off_leaves_nothing_behind(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changed = app.config["SETTINGS"].model_copy(update={"storage_url": f"file://{tmp_path}"})
    monkeypatch.setitem(app.config, "SETTINGS", changed)

    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not self.tell():
                return super().read(3)
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store(new_id(), Breaking(b"Name,Phone\n"), "list.csv")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
