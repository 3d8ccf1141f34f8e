"""`/metrics` for Prometheus: what the web processes count, and how long the job queues are.

With several web processes, set prometheus-client's `PROMETHEUS_MULTIPROC_DIR`, or each answers for itself.
"""

import hmac
import os
from collections.abc import Iterator

import structlog
from flask import Blueprint, Flask, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from rq import Queue

from app.extensions import csrf, limiter, redis, settings
from app.jobs import JobQueue

log = structlog.get_logger()
blueprint = Blueprint("metrics", __name__)


class QueueDepths(Collector):
    """Jobs waiting and failed, per queue. Asks Redis when it is scraped."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("carillon_jobs_waiting", "Jobs that no worker has taken", labels=["queue"])
        failed = GaugeMetricFamily("carillon_jobs_failed", "Jobs that ended with an error", labels=["queue"])
        for name in JobQueue:
            queue = Queue(name.value, connection=redis())
            waiting.add_metric([name.value], queue.count)
            # counting must not clean up: that would retry and fail jobs from inside a web request
            failed.add_metric([name.value], queue.failed_job_registry.get_job_count(cleanup=False))
        yield waiting
        yield failed


@blueprint.get("/metrics")
def metrics() -> Response:
    """404 without the token of `METRICS_TOKEN`: what does not show itself is not probed."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").encode()
    if not token or not hmac.compare_digest(given, f"Bearer {token}".encode()):
        abort(404)
    shown = generate_latest(_counted())
    try:
        depths = CollectorRegistry()
        depths.register(QueueDepths())
        shown += generate_latest(depths)
    except RedisError:
        # the web's own counts are worth having just then
        log.warning("queues_not_counted")
    return Response(shown, content_type=CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared


def register(app: Flask) -> None:
    """Adds the page, free of rate limits and forgery tokens."""
    limiter.exempt(blueprint)
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
