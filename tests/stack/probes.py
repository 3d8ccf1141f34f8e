"""Jobs that tell a test what a worker does with them. Workers find them by their path."""

import os
import time

from flask import current_app
from sqlalchemy import text

from app.extensions import db, redis
from app.models import new_id


def tell_surroundings() -> None:
    """Tells which database the job reads, as whom the application was made, and in which process."""
    database = db.session.scalar(text("SELECT current_database()"))
    redis().hset("probe", mapping={"database": database, "application": current_app.name, "pid": os.getpid()})


def break_a_rule() -> None:
    """Adds the person of `probe:taken` a second time."""
    email = redis().get("probe:taken").decode()
    db.session.execute(
        text("INSERT INTO users (id, email, active, fs_uniquifier, created_at) VALUES (:id, :email, true, '', now())"),
        {"id": new_id(), "email": email},
    )


def never_end() -> None:
    """Tells its process, and then takes for ever."""
    redis().rpush("probe:pids", os.getpid())
    while True:
        time.sleep(1)
