"""Taking files in, and finding those whose loading was asked for and stands still."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from rq import Queue
from sqlalchemy import func, select, update

from app import tenancy
from app.clock import now
from app.extensions import db, redis
from app.ingest.errors import FileCode, FileRefused
from app.ingest.storage import open_stored
from app.ingest.table import Limits
from app.ingest.uploads import find_unloaded, register_upload, request_load
from app.jobs import JobQueue
from app.models import Company, DataSource, FileFormat, SourceStatus, User
from tests.ingest.lists import uploaded


def waiting_jobs() -> list[tuple[str, ...]]:
    return [tuple(job.args) for job in Queue(JobQueue.INGEST.value, connection=redis()).jobs]


def asked_for(source: DataSource, **columns: object) -> DataSource:
    db.session.execute(update(DataSource).where(DataSource.company_id == source.company_id).values(**columns))
    db.session.commit()
    return source


def test_an_upload_becomes_a_data_source_that_waits_to_be_loaded(company: Company, owner: User) -> None:
    content = "Patient Name;E-mail;E-mail;\r\nNúñez;a@example.com;b@example.com;\r\n".encode("cp1252")
    source = register_upload(io.BytesIO(content), "dir/June list.csv", owner.id, Limits())
    assert (source.company_id, source.uploaded_by, source.status) == (company.id, owner.id, SourceStatus.UPLOADED)
    assert (source.filename, source.size_bytes) == ("June list.csv", len(content))
    assert (source.format, source.encoding, source.delimiter) == (FileFormat.TEXT, "cp1252", ";")
    assert (source.quote, source.has_header) == ('"', True)
    assert source.columns == ["Patient Name", "E-mail", "E-mail"]
    assert source.fields == ["patient_name", "e_mail", "e_mail_2"]
    with open_stored(source.storage_path) as stream:
        assert stream.read() == content
    assert waiting_jobs() == []


def test_a_refused_file_leaves_no_trace(company: Company, app: Flask) -> None:
    with pytest.raises(FileRefused) as refused:
        uploaded(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert refused.value.code == FileCode.BINARY_FILE
    assert db.session.scalar(select(func.count()).select_from(DataSource)) == 0


def test_a_name_that_cannot_be_shown_is_made_to(company: Company) -> None:
    assert uploaded(b"a\n1\n", "\0\n\x1b").filename == "file"
    assert uploaded(b"a\n1\n", "Größe\0.csv").filename == "Größe.csv"


def test_asking_for_the_loading_hands_it_to_a_worker_once(company: Company) -> None:
    source = uploaded(b"a\n1\n")
    first = request_load(source.id).load_requested_at
    assert request_load(source.id).load_requested_at == first is not None
    assert waiting_jobs() == [(str(company.id), str(source.id))]


def test_another_companys_file_cannot_be_asked_for(company: Company, other_company: Company) -> None:
    source = uploaded(b"a\n1\n")
    with tenancy.company(other_company.id), pytest.raises(tenancy.NotFoundError):
        request_load(source.id)


def test_a_file_that_is_loaded_is_not_loaded_again(company: Company) -> None:
    source = asked_for(uploaded(b"a\n1\n"), status=SourceStatus.LOADED)
    db.session.refresh(source)
    request_load(source.id)
    assert waiting_jobs() == []


class TestTheSweep:
    def test_finds_a_file_whose_job_was_lost(self, company: Company) -> None:
        source = asked_for(uploaded(b"a\n1\n"), load_requested_at=now() - timedelta(minutes=2))
        assert find_unloaded(10) == [(company.id, source.id)]

    def test_finds_files_of_every_company(self, company: Company, other_company: Company) -> None:
        long_ago = now() - timedelta(minutes=2)
        mine = asked_for(uploaded(b"a\n1\n"), load_requested_at=long_ago)
        with tenancy.company(other_company.id):
            theirs = asked_for(uploaded(b"a\n1\n"), load_requested_at=long_ago)
        assert find_unloaded(10) == [(company.id, mine.id), (other_company.id, theirs.id)]
        assert find_unloaded(1) == [(company.id, mine.id)]

    def test_finds_a_loading_that_stands_still(self, company: Company) -> None:
        source = uploaded(b"a\n1\n")
        minutes_ago = now() - timedelta(minutes=5)
        asked_for(source, status=SourceStatus.LOADING, load_requested_at=minutes_ago, advanced_at=now())
        assert find_unloaded(10) == []
        asked_for(source, advanced_at=now() - timedelta(minutes=2))
        assert find_unloaded(10) == [(company.id, source.id)]

    @pytest.mark.parametrize("status", [SourceStatus.LOADED, SourceStatus.FAILED])
    def test_leaves_a_loading_that_has_ended(self, company: Company, status: SourceStatus) -> None:
        long_ago = now() - timedelta(minutes=5)
        asked_for(uploaded(b"a\n1\n"), status=status, load_requested_at=long_ago, profiled_at=long_ago)
        assert find_unloaded(10) == []

    def test_leaves_a_file_that_nobody_asked_for(self, company: Company) -> None:
        uploaded(b"a\n1\n")
        assert find_unloaded(10) == []
