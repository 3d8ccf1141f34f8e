"""What a load balancer and a scraper see."""

from flask import Flask
from flask.testing import FlaskClient

from app import jobs
from app.jobs import Job
from app.models import new_id


def test_the_process_says_that_it_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_ready_names_what_answers(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "postgresql": "ok", "redis": "ok"})


def test_not_ready_names_what_does_not(app: Flask, client: FlaskClient) -> None:
    reachable = app.extensions["carillon-redis"]
    app.extensions["carillon-redis"] = type(reachable).from_url("redis://127.0.0.1:1/0")
    try:
        answer = client.get("/readyz")
    finally:
        app.extensions["carillon-redis"] = reachable
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "postgresql": "ok", "redis": "unreachable"}


def test_metrics_do_not_exist_without_the_token(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404


def test_metrics_count_the_jobs_that_wait(app: Flask, client: FlaskClient) -> None:
    jobs.enqueue(Job.SEND_DUE, new_id())
    text = client.get("/metrics", headers={"Authorization": "Bearer a test's metrics token"}).text
    assert 'carillon_jobs_waiting{queue="send"} 1.0' in text
    assert 'carillon_jobs_waiting{queue="ingest"} 0.0' in text


def test_metrics_are_shown_without_redis(app: Flask, client: FlaskClient) -> None:
    reachable = app.extensions["carillon-redis"]
    app.extensions["carillon-redis"] = type(reachable).from_url("redis://127.0.0.1:1/0")
    try:
        answer = client.get("/metrics", headers={"Authorization": "Bearer a test's metrics token"})
    finally:
        app.extensions["carillon-redis"] = reachable
    assert answer.status_code == 200
    assert "carillon_jobs_waiting" not in answer.text
    assert client.get("/metrics", headers={"Authorization": "Bearer é"}).status_code == 404
