"""`python -m simulator`: the carrier as the demo starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import requests

from app.config import Settings

ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "CARRIER_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=ROOT,
        env={**environment, "SECRET_KEY": "a key for this test"},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_listens_on_loopback_with_the_applications_own_credentials_and_stops_when_asked() -> None:
    process = start("--port", "0", "--speed", "50", "--people", "confirm=0.9,cancel=0.05,reschedule=0,stop=0,unclear=0")
    try:
        assert process.stderr
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())
        assert address
        settings = Settings(secret_key="a key for this test")
        account = requests.get(
            f"{address[0]}/2010-04-01/Accounts/{settings.twilio_account_sid}.json",
            auth=(settings.twilio_account_sid, settings.twilio_auth_token),
            timeout=5,
        )
        assert account.status_code == 200
        webhooks = requests.get(
            f"{address[0]}/v3/user/webhooks/event/settings/all",
            headers={"Authorization": f"Bearer {settings.sendgrid_api_key}"},
            timeout=5,
        ).json()["webhooks"]
        assert [one["public_key"] for one in webhooks] == [settings.sendgrid_event_public_key]
        assert requests.get(f"{address[0]}/_carrier/people", timeout=5).json()["confirm"] == 0.9
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_taken_port_stops_it_with_a_reason() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start("--port", str(taken.getsockname()[1]))
        _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert said.startswith("the carrier cannot listen on port")
    assert "Traceback" not in said
    assert "Unclosed" not in said


def test_wrong_shares_stop_it_with_a_reason() -> None:
    process = start("--port", "0", "--people", "confirm=2")
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "--people" in said
