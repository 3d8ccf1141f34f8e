"""The main job, from the list to the answers, through the API and the providers' own HTTP alone."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app import create_app
from app.accounts.api_keys import issue_key
from app.config import Settings
from app.extensions import db
from app.models import Channel, Company
from bench.make_sample import Manifest, write_sample
from local.ports import free_port
from tests import factories
from tests.api.program import Program
from tests.simulator.carrier import CREDENTIALS, RunningCarrier, running_carrier
from tests.working import work_until_idle

ROWS = 60
FINAL = {"delivered", "read", "undelivered", "failed", "expired", "cancelled"}


@pytest.fixture
def base() -> str:
    """The address that the application is reached at."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def carrier(base: str, company: Company) -> Iterator[RunningCarrier]:
    """A carrier whose people all answer with the word that the text asks for."""
    with running_carrier(
        sms_url=f"{base}/messages/incoming/twilio?company={company.id}",
        sendgrid_event_url=f"{base}/messages/events/sendgrid?company={company.id}",
    ) as running:
        running.people(confirm=1.0)
        yield running


@pytest.fixture
def served(app: Flask, settings: Settings, base: str, carrier: RunningCarrier) -> Iterator[Flask]:
    """The application as a web server, which the carrier can call back."""
    made = create_app(
        settings.model_copy(
            update={
                "public_base_url": base,
                "twilio_api_base": carrier.base_url,
                "sendgrid_api_base": carrier.base_url,
                "twilio_account_sid": CREDENTIALS["twilio_account_sid"],
                "twilio_auth_token": CREDENTIALS["twilio_auth_token"],
                "sendgrid_api_key": CREDENTIALS["sendgrid_api_key"],
                "sendgrid_event_public_key": carrier.event_public_key,
            }
        )
    )
    server = make_server("127.0.0.1", int(base.rpartition(":")[2]), made, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()


@pytest.fixture
def sample(tmp_path: Path) -> tuple[Path, Manifest]:
    """A list with the faults of real ones."""
    path = tmp_path / "appointments.csv"
    return path, write_sample(path, ROWS, 11, date.today())  # noqa: DTZ011  the sample's dates are the clinic's own


def test_a_program_does_the_whole_main_job(
    served: Flask, company: Company, carrier: RunningCarrier, sample: tuple[Path, Manifest]
) -> None:
    path, manifest = sample
    company.sandbox = True
    db.session.commit()
    factories.sender(Channel.SMS, "+12025550100")
    factories.sender(Channel.EMAIL, "reminders@clinic.example")
    program = Program(served, issue_key("nightly", None)[1])

    upload = {"file": (BytesIO(path.read_bytes()), path.name), "load": "false"}
    file = program.post("/files", 201, data=upload, content_type="multipart/form-data")
    program.post(f"/files/{file['id']}/load", 202)
    work_until_idle(served)
    file = program.get(f"/files/{file['id']}")
    assert (file["status"], file["percent"]) == ("loaded", 100)
    assert file["rows_loaded"] == ROWS
    assert [each["id"] for each in program.get("/files", status="loaded")["items"]] == [file["id"]]

    campaign = program.post("/campaigns", 201, json={"name": "Reminders"})
    campaign_path = f"/campaigns/{campaign['id']}"
    program.put(f"{campaign_path}/files", {"files": [file["id"]]})
    suggested = program.post("/campaigns", 201, json={"name": "Suggested", "files": [file["id"]]})["definition"]
    window = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "lift_quiet_hours": True}
    program.patch(campaign_path, {"definition": suggested | {"window": window}})

    refused = program.post(f"{campaign_path}/ready", 409)
    assert [each["code"] for each in refused["errors"]] == ["not_previewed"]
    shown = program.post(f"{campaign_path}/preview", 200)
    assert [each for each in shown["findings"] if each["severity"] == "blocker"] == []
    assert {each["method"] for each in shown["messages"]} == {"sms", "email"}
    forecast = program.post(f"{campaign_path}/dry-run", 200)
    assert (forecast["status"], forecast["counts_for_ready"]) == ("finished", True)
    assert forecast["messages"] + forecast["failures"] == 2 * ROWS
    assert program.post(f"{campaign_path}/ready", 200)["status"] == "ready"

    run = program.post(f"{campaign_path}/runs", 201, json={"until": "staged"})
    work_until_idle(served)
    run_path = f"/runs/{run['id']}"
    run = program.get(run_path)
    assert (run["status"], run["records_total"], run["messages"]) == ("staged", ROWS, {})
    # staged runs wait for a word, then wait again once they are queued
    program.post(f"{run_path}/queue", 202)
    work_until_idle(served)
    run = program.get(run_path)
    assert run["status"] == "queued"
    assert set(run["messages"]) == {"staged"}
    assert sum(run["messages"].values()) + sum(run["failures"].values()) == 2 * ROWS
    assert sum(run["messages"].values()) == forecast["messages"]
    assert run["failures"] == _foretold_failures(forecast)
    assert run["failures"]["validate.phone_invalid"] == manifest.bad_phones
    assert run["failures"]["validate.email_invalid"] == manifest.bad_emails
    assert carrier.books()["totals"] == {}

    program.post(f"{run_path}/deliver", 202)
    carrier.eventually(lambda: _finished(served, program, run_path), seconds=60)
    run = program.get(run_path)
    assert set(run["messages"]) <= FINAL
    line_failures = {code: n for code, n in run["failures"].items() if not code.startswith("deliver.")}
    assert sum(run["messages"].values()) + sum(line_failures.values()) == 2 * ROWS
    assert carrier.books()["doubled"] == []

    def confirmed() -> int:
        work_until_idle(served)
        return int(program.get(run_path)["dispositions"].get("confirmed", 0))

    carrier.eventually(confirmed)
    _check_pages(program, run)
    carrier.eventually(lambda: len(program.get("/receipts", limit=3)["items"]) == 3)
    _check_receipts(program)
    # a campaign that has no time left to fire at is finished with its last run
    again = program.post(f"{campaign_path}/runs", 409)
    assert again["errors"][0]["code"] == "wrong_status"


def _foretold_failures(forecast: dict[str, Any]) -> dict[str, int]:
    """As a run counts them."""
    found: Counter[str] = Counter()
    for part in forecast["methods"]:
        found.update({f"{reason['stage']}.{reason['code']}": reason["n"] for reason in part["reasons"]})
    return dict(found)


def _finished(served: Flask, program: Program, run_path: str) -> bool:
    work_until_idle(served)
    return bool(program.get(run_path)["status"] == "finished")


def _check_pages(program: Program, run: dict[str, Any]) -> None:
    """Every message and failure is listed once."""
    seen: list[str] = []
    page = program.get("/messages", run_id=run["id"], limit=7)
    while True:
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        page = program.get("/messages", run_id=run["id"], limit=7, after=page["next"])
    assert len(seen) == len(set(seen)) == sum(run["messages"].values())
    failures = program.get("/failures", run_id=run["id"], limit=1000)["items"]
    assert len(failures) == sum(run["failures"].values())
    assert all(each["words"] and each["data"]["patient_name"] is not None for each in failures)
    repeated = [each for each in failures if each["stage"] == "deduplicate"]
    assert all(each["repeats_message_id"] in seen for each in repeated)


def _check_receipts(program: Program) -> None:
    """A program reads on where it stopped; a receipt shows itself two seconds after it came."""
    first = program.get("/receipts", limit=3)
    rest = program.get("/receipts", limit=1000, after=first["next"])
    arrived = [each["id"] for each in first["items"] + rest["items"]]
    assert len(first["items"]) == 3
    assert arrived == sorted(set(arrived))
