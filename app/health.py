"""`/healthz`: the process answers. `/readyz`: its database and Redis answer as well."""

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import csrf, db, limiter, redis

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """200 as soon as the process can answer at all."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """200 when PostgreSQL and Redis answer, else 503 naming the one that does not."""
    checks = {"postgresql": "ok", "redis": "ok"}
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        checks["postgresql"] = "unreachable"
    try:
        redis().ping()
    except RedisError:
        checks["redis"] = "unreachable"
    good = all(state == "ok" for state in checks.values())
    return jsonify(status="ok" if good else "unavailable", **checks), 200 if good else 503


def register(app: Flask) -> None:
    """Adds the two pages, free of rate limits and forgery tokens."""
    limiter.exempt(blueprint)
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
