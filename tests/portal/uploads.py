"""Files that a visitor uploads through the portal."""

import io
from typing import Any

from werkzeug.test import TestResponse

from app import tenancy
from app.extensions import db
from app.models import DataSource
from tests.portal.conftest import Visitor
from workers.ingest import load_file

LIST = b"Patient Name,Cell Phone\nAnn Example,(202) 555-0143\nBob Example,202 555 0144\n"


def upload(visitor: Visitor, *files: tuple[bytes, str], load: bool = False, **options: Any) -> TestResponse:
    """Sends the form of the upload page; with `load`, with the box ticked that has the files loaded at once."""
    fields = [("files", (io.BytesIO(content), name)) for content, name in files]
    data = {"csrf_token": visitor.get("/files/upload/").csrf_token, "files": [file for _, file in fields]}
    if load:
        data["load"] = "y"
    return visitor.open("POST", "/files/upload/", data=data, content_type="multipart/form-data", **options)


def sources() -> list[DataSource]:
    """The company's files, in the order in which they came."""
    db.session.expire_all()
    return list(db.session.scalars(tenancy.rows(DataSource).order_by(DataSource.id)))


def load(source: DataSource) -> None:
    """What a worker does."""
    load_file(str(source.company_id), str(source.id))
    db.session.expire_all()
