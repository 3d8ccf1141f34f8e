"""Whoever changes a run's course waits for the batches in hand, and for nothing else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.queueing.run_lock import hold_run, share_run


def taken_elsewhere(app: Flask, take: Callable[[UUID], None], run_id: UUID) -> bool:
    """True if another transaction gets the lock without waiting."""

    def attempt() -> bool:
        with app.app_context():
            db.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            try:
                take(run_id)
            except OperationalError:
                return False
            return True

    with ThreadPoolExecutor(1) as other:
        return other.submit(attempt).result()


def test_batches_share_the_lock_and_a_change_waits_for_them(app: Flask) -> None:
    run_id = uuid4()
    share_run(run_id)
    assert taken_elsewhere(app, share_run, run_id)
    assert not taken_elsewhere(app, hold_run, run_id)
    assert taken_elsewhere(app, hold_run, uuid4())


@pytest.mark.parametrize("take", [share_run, hold_run])
def test_while_a_course_is_changed_everybody_waits(app: Flask, take: Callable[[UUID], None]) -> None:
    run_id = uuid4()
    hold_run(run_id)
    assert not taken_elsewhere(app, take, run_id)
    db.session.commit()
    assert taken_elsewhere(app, take, run_id)
