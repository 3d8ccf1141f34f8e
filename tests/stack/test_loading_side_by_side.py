"""Several files at once: a worker takes one while another is at the next."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from rq import Worker

from app.extensions import redis
from app.ingest.uploads import request_load
from app.jobs import JobQueue
from app.models import Company, SourceStatus
from tests.ingest.lists import numbered, records_of, state_of, uploaded
from tests.stack.conftest import eventually, program

pytestmark = pytest.mark.stack


def test_two_workers_load_three_files_whole(company: Company, environment: dict[str, str], tmp_path: Path) -> None:
    # slices so short that the files take turns
    environment |= {"SLICE_SECONDS": "0.05", "INGEST_BATCH_ROWS": "100"}
    counts = (1_500, 2_000, 2_500)
    company_id, ids = company.id, [uploaded(numbered(count)).id for count in counts]
    with ExitStack() as started:
        for name in ("first.log", "second.log"):
            started.enter_context(program(environment, tmp_path / name, "workers.runtime", JobQueue.INGEST))
        eventually(lambda: len(workers()) == 2)
        for id_ in ids:
            request_load(id_)
        eventually(lambda: all(state_of(company_id, id_).status is SourceStatus.LOADED for id_ in ids))
        eventually(lambda: all(worker.successful_job_count for worker in workers()))
    sources = [state_of(company_id, id_) for id_ in ids]
    assert [(source.rows_loaded, source.rows_rejected) for source in sources] == [(count, 0) for count in counts]
    for source, count in zip(sources, counts, strict=True):
        assert [number for number, _ in records_of(source)] == list(range(2, count + 2))
    # none waited until another was done
    assert max(source.started_at for source in sources) < min(source.finished_at for source in sources)


def workers() -> list[Worker]:
    """Those at work, as they tell Redis."""
    return Worker.all(connection=redis())
