"""Signed links in mails: looking changes nothing, the button decides, twice is once."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from app import suppressions
from app.clock import now
from app.config import Settings
from app.extensions import db
from app.models import (
    Channel,
    Company,
    DataSource,
    Disposition,
    Message,
    MessageStatus,
    ReceiptKind,
    Run,
    TallyKind,
    new_id,
)
from app.receipts.links import Choice, answer_url
from tests.receipts import rows
from tests.webhooks.conftest import Call

PathOf = Callable[..., str]


@pytest.fixture
def path_of(settings: Settings) -> PathOf:
    """The path of a message's answer link."""

    def path(message: Message, choice: Choice = Choice.CONFIRM, key: str = settings.secret_key) -> str:
        url = answer_url(key, settings.public_base_url, message.company_id, message.id, choice)
        return url.removeprefix(settings.public_base_url)

    return path


def contents() -> list[object]:
    """Every row that an answer could change."""
    tables = "receipts", "replies", "dispositions", "suppressions", "messages", "tallies"
    db.session.rollback()
    return [db.session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")).all() for table in tables]  # noqa: S608


def test_the_page_shows_the_appointment_and_one_button(
    get: Call, path_of: PathOf, mail: Message, company: Company
) -> None:
    page = get(path=path_of(mail)).text
    at = mail.appointment_at
    assert at is not None
    local = at.astimezone(ZoneInfo(company.time_zone))
    for fact in ("Northside Clinics", "Ann Example", "Dr. Bell", f"{local:%A, %B} {local.day}, {local.year}"):
        assert fact in page
    assert page.count("<button") == 1
    assert "<script" not in page
    assert "https://" not in page


@pytest.mark.parametrize("choice", list(Choice))
def test_looking_changes_nothing(get: Call, path_of: PathOf, mail: Message, choice: Choice) -> None:
    before = contents()
    for _ in range(3):
        assert get(path=path_of(mail, choice)).status_code == 200
    assert contents() == before


@pytest.mark.parametrize(
    ("choice", "disposition"),
    [
        (Choice.CONFIRM, Disposition.CONFIRMED),
        (Choice.CANCEL, Disposition.CANCELLED),
        (Choice.RESCHEDULE, Disposition.RESCHEDULE),
        (Choice.STOP, Disposition.OPTED_OUT),
    ],
)
def test_the_button_decides_at_once(
    post: Call, path_of: PathOf, mail: Message, choice: Choice, disposition: Disposition
) -> None:
    answer = post(path=path_of(mail, choice))
    assert (answer.status_code, answer.text.count("<button")) == (200, 0)
    assert rows.decided() == {2: disposition}
    assert rows.fresh(mail).disposition is disposition
    assert rows.counts(TallyKind.DISPOSITION) == {disposition.value: 1}
    [receipt] = rows.receipts()
    assert (receipt.provider, receipt.kind, receipt.message_id) == ("carillon", ReceiptKind.REPLY, mail.id)


def test_pressing_twice_is_pressing_once(post: Call, path_of: PathOf, mail: Message) -> None:
    for _ in range(3):
        assert "is confirmed" in post(path=path_of(mail)).text
    assert len(rows.receipts()) == 1
    assert rows.counts(TallyKind.DISPOSITION) == {"confirmed": 1}


def test_a_person_may_change_their_mind_and_change_it_back(post: Call, path_of: PathOf, mail: Message) -> None:
    for choice in (Choice.CONFIRM, Choice.RESCHEDULE, Choice.CONFIRM):
        post(path=path_of(mail, choice))
    assert rows.decided() == {2: Disposition.CONFIRMED}
    assert len(rows.replies()) == 3


def test_another_link_of_the_mail_says_what_was_decided(get: Call, post: Call, path_of: PathOf, mail: Message) -> None:
    post(path=path_of(mail))
    page = get(path=path_of(mail, Choice.CANCEL)).text
    assert "Your appointment is confirmed" in page
    assert "Cancel my appointment" in page


def test_an_appointment_that_was_cancelled_cannot_be_confirmed(
    get: Call, post: Call, path_of: PathOf, mail: Message
) -> None:
    post(path=path_of(mail, Choice.CANCEL))
    page = get(path=path_of(mail)).text
    assert "cannot be confirmed" in page
    assert "<button" not in page
    post(path=path_of(mail))
    assert rows.decided() == {2: Disposition.CANCELLED}


def test_an_appointment_that_has_passed_cannot_be_confirmed(
    get: Call, post: Call, path_of: PathOf, run: Run, source: DataSource
) -> None:
    past = rows.mail(run, source.id, appointment_at=now() - timedelta(hours=1))
    assert "<button" not in get(path=path_of(past)).text
    post(path=path_of(past))
    assert rows.decided() == {2: Disposition.UNCLEAR}


def test_an_answer_cancels_the_reminders_that_wait(
    post: Call, path_of: PathOf, mail: Message, run: Run, source: DataSource
) -> None:
    reminder = rows.message(run, source.id, status=MessageStatus.QUEUED, sent_at=None)
    post(path=path_of(mail))
    assert rows.fresh(reminder).status is MessageStatus.CANCELLED


def test_one_click_unsubscribes_as_mail_programs_do_it(post: Call, path_of: PathOf, mail: Message) -> None:
    answer = post(path=path_of(mail, Choice.STOP), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert suppressions.suppressed(Channel.EMAIL, [mail.endpoint]) == {mail.endpoint}
    assert not suppressions.suppressed(Channel.SMS, [rows.PHONE])


def test_an_opt_out_that_was_lifted_can_be_made_again(post: Call, path_of: PathOf, mail: Message) -> None:
    post(path=path_of(mail, Choice.STOP))
    suppressions.lift(Channel.EMAIL, mail.endpoint)
    db.session.commit()
    post(path=path_of(mail, Choice.STOP))
    db.session.rollback()
    assert suppressions.suppressed(Channel.EMAIL, [mail.endpoint])


def test_replies_that_came_before_are_applied_before(
    post: Call, path_of: PathOf, mail: Message, run: Run, source: DataSource
) -> None:
    rows.message(run, source.id)
    rows.text_from(rows.PHONE, "X")
    post(path=path_of(mail))
    assert rows.decided() == {2: Disposition.CANCELLED}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_we_did_not_make_leads_nowhere(
    get: Call, post: Call, path_of: PathOf, mail: Message, method: str
) -> None:
    call = {"get": get, "post": post}[method]
    whole = path_of(mail)
    for path in ("/a/x", whole[:-1], path_of(mail, key="another key"), "/a/%FF%00", "/a/ü"):
        answer = call(path=path)
        assert (answer.status_code, "does not work" in answer.text) == (404, True)
    assert rows.receipts() == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_to_a_message_that_is_gone_leads_nowhere(
    get: Call, post: Call, path_of: PathOf, company: Company, method: str
) -> None:
    gone = Message(company_id=company.id, id=new_id())
    assert {"get": get, "post": post}[method](path=path_of(gone)).status_code == 404


def test_pages_are_not_kept_by_browsers_or_search_engines(get: Call, path_of: PathOf, mail: Message) -> None:
    page = get(path=path_of(mail))
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in page.text
