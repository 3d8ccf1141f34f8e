"""What the demo hands to its processes, and what it says of a run that does not add up."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.demo.environment import demo_environment
from local.demo.reckoning import Reckoning, reckon
from local.ports import LOOPBACK, free_port
from local.servers import Addresses

ADDRESSES = Addresses("postgresql://here", "redis://here")


def environment(directory: Path, **inherited: str) -> dict[str, str]:
    return demo_environment(inherited, ADDRESSES, directory, (0, 0))


def test_credentials_of_real_providers_are_never_handed_on(tmp_path: Path) -> None:
    real = {
        "TWILIO_AUTH_TOKEN": "real",
        "twilio_account_sid": "AC1",
        "SENDGRID_API_KEY": "real",
        "META_PAGE_TOKEN": "x",
    }
    assert not [name for name, value in environment(tmp_path, **real).items() if value in real.values()]


def test_what_the_person_at_the_keyboard_has_set_wins_but_for_the_servers(tmp_path: Path) -> None:
    made = environment(tmp_path, CARRIER_SPEED="1", SECRET_KEY="mine", DATABASE_URL="elsewhere", PATH="/bin")
    assert (made["CARRIER_SPEED"], made["SECRET_KEY"]) == ("1", "mine")
    assert made["DATABASE_URL"] == ADDRESSES.database_url
    assert made["PATH"].endswith(":/bin")


def test_the_secret_is_kept_for_the_next_run_and_from_other_people(tmp_path: Path) -> None:
    first, second = (environment(tmp_path)["SECRET_KEY"] for _ in range(2))
    assert first == second
    assert first != environment(tmp_path / "elsewhere")["SECRET_KEY"]
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_everything_listens_on_the_loopback_address_alone(tmp_path: Path) -> None:
    made = demo_environment({}, ADDRESSES, tmp_path, (free_port(), 0))
    assert made["PUBLIC_BASE_URL"].startswith(f"http://{LOOPBACK}:")
    assert f"--bind {made['PUBLIC_BASE_URL'].removeprefix('http://')}" in made["GUNICORN_CMD_ARGS"]


class Lists:
    """What an application would list of a run of two rows on one delivery method: a mail that came, and a failure."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = [
            {"id": "m1", "row_number": 2, "method": "sms", "status": "delivered", "disposition": None, "body": "Hi"}
        ]
        self.failures: list[dict[str, Any]] = [
            {"row_number": 3, "method": "sms", "stage": "validate", "code": "phone_invalid", "message_id": None}
        ]
        self.run: dict[str, Any] = {
            "records_total": 2,
            "messages": {"delivered": 1},
            "failures": {"validate.phone_invalid": 1},
            "dispositions": {},
        }

    def items(self, path: str, **_: str) -> Iterator[dict[str, Any]]:
        yield from {"/messages": self.messages, "/failures": self.failures}[path]

    def get(self, _path: str) -> dict[str, Any]:
        return self.run

    def reckoned(self, rows: int = 2, rejected: int = 0, reached_twice: int = 0) -> Reckoning:
        file = {"rows_loaded": rows - rejected, "rows_rejected": rejected}
        program: Any = self
        return reckon(program, rows, file, "run", ["sms"], reached_twice)


def test_a_run_adds_up_when_every_row_has_one_end_on_every_delivery_method() -> None:
    found = Lists().reckoned()
    assert found.complete
    assert {words: dict(by_method) for words, by_method in found.fates.items()} == {
        "rejected on loading": {"sms": 0},
        "failed: validate.phone_invalid": {"sms": 1},
        "delivered, no answer": {"sms": 1},
    }


def test_a_message_that_came_back_counts_once_with_its_reason() -> None:
    lists = Lists()
    lists.messages[0]["status"] = "undelivered"
    lists.failures.append({"row_number": 2, "method": "sms", "stage": "deliver", "code": "30006", "message_id": "m1"})
    lists.run |= {"messages": {"undelivered": 1}, "failures": {"validate.phone_invalid": 1, "deliver.30006": 1}}
    found = lists.reckoned()
    assert found.complete
    assert found.fates["undelivered: deliver.30006"] == {"sms": 1}
    assert (found.queued, found.sent, found.delivered) == (1, 1, 0)


def test_an_open_message_is_not_complete_though_it_adds_up() -> None:
    lists = Lists()
    lists.messages[0]["status"] = "sending"
    lists.run["messages"] = {"sending": 1}
    found = lists.reckoned()
    assert (found.flaws, found.open, found.complete) == ((), {"sending": 1}, False)


@pytest.mark.parametrize("wrong", ["lost", "twice", "miscounted", "unfiltered", "unwalked", "doubled"])
def test_what_does_not_add_up_is_said(wrong: str) -> None:
    lists, rows, doubled = Lists(), 2, 0
    match wrong:
        case "lost":
            lists.messages.clear()
            lists.run["messages"] = {}
        case "twice":
            lists.failures[0]["row_number"] = 2
        case "miscounted":
            lists.run["messages"] = {"delivered": 2}
        case "unfiltered":
            lists.messages[0]["body"] = "Bill amt: $45"
        case "unwalked":
            rows = 3
            lists.run["records_total"] = 3
        case "doubled":
            doubled = 1
    found = lists.reckoned(rows, reached_twice=doubled)
    assert found.flaws
    assert not found.complete
    assert found.as_json()["adds_up"] is False
