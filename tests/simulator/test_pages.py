"""The pages on which a person sees phones and mailboxes and answers by hand."""

import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
import requests

from tests.simulator.carrier import RunningCarrier
from tests.simulator.receiver import Receiver

OURS = "+15005550100"
PERSON = "+12025550143"
EVIL = "<script>alert(1)</script>"


class Tags(HTMLParser):
    """Every start tag of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def get(carrier: RunningCarrier, path: str) -> str:
    answer = requests.get(carrier.base_url + path, timeout=5)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    tags = Tags()
    tags.feed(answer.text)
    assert not [tag for tag, _ in tags.found if tag in ("script", "link", "img", "object")]
    assert len([tag for tag, _ in tags.found if tag == "title"]) == 1
    return answer.text


def mail(carrier: RunningCarrier, **content: str) -> None:
    carrier.sendgrid.client.mail.send.post(
        request_body={
            "personalizations": [{"to": [{"email": "ann@example.org"}]}],
            "from": {"email": "clinic@example.com"},
            "subject": f"Hello {EVIL}",
            "content": [{"type": kind.replace("_", "/"), "value": value} for kind, value in content.items()],
        }
    )


def test_the_front_page_lists_phones_and_mailboxes(carrier: RunningCarrier) -> None:
    assert "None yet" in get(carrier, "/")
    carrier.twilio.messages.create(to=PERSON, from_=OURS, body=f"Hi {EVIL}")
    mail(carrier, text_plain="t")
    page = get(carrier, "/")
    assert f"/phone/{quote(PERSON, safe='')}" in page
    assert "/mailbox/ann%40example.org" in page


def test_a_phone_shows_texts_calls_and_what_became_of_them(carrier: RunningCarrier) -> None:
    carrier.twilio.messages.create(to=PERSON, from_=OURS, body=f"Hi {EVIL} https://example.com/x")
    carrier.twilio.calls.create(to=PERSON, from_=OURS, twiml="<Response><Say>Good day</Say></Response>")
    carrier.write(PERSON, OURS, "Bye")
    carrier.eventually(lambda: carrier.books()["totals"]["voice"].get("completed"))
    carrier.eventually(lambda: carrier.books()["totals"]["sms"].get("delivered"))
    page = get(carrier, f"/phone/{quote(PERSON)}/thread")
    assert "Good day" in page
    assert "Bye" in page
    assert "delivered" in page
    assert '<a href="https://example.com/x"' in page


def test_a_reply_typed_on_the_phone_is_sent(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.twilio.messages.create(to=PERSON, from_=OURS, body="Hi")
    page = get(carrier, f"/phone/{quote(PERSON)}")
    assert f'value="{OURS}"' in page
    assert '<form method="post">' in page
    answer = requests.post(f"{carrier.base_url}/phone/{quote(PERSON)}", data={"to": OURS, "body": "C"}, timeout=5)
    assert answer.history[0].status_code == 303
    assert receiver.wait_for(1, "/sms")[0].form["Body"] == "C"


@pytest.mark.parametrize("data", [{"to": OURS}, {"body": "x"}, {"to": OURS, "body": "  "}])
def test_a_reply_needs_a_sender_and_words(carrier: RunningCarrier, data: dict[str, str]) -> None:
    assert requests.post(f"{carrier.base_url}/phone/{quote(PERSON)}", data=data, timeout=5).status_code == 400


def test_another_site_cannot_type_for_somebody(carrier: RunningCarrier, receiver: Receiver) -> None:
    answer = requests.post(
        f"{carrier.base_url}/phone/{quote(PERSON)}",
        data={"to": OURS, "body": "STOP"},
        headers={"Origin": "https://evil.example"},
        timeout=5,
    )
    assert answer.status_code == 403
    assert receiver.received == []


@pytest.mark.parametrize("address", ["whatsapp:+12025550143", "messenger:5550001", "5550001112"])
def test_other_channels_have_phones_too(carrier: RunningCarrier, address: str) -> None:
    assert "No messages yet" in get(carrier, f"/phone/{quote(address, safe='')}/thread")
    assert address in get(carrier, f"/phone/{quote(address, safe='')}")


def test_a_mail_is_shown_as_text_and_its_html_in_a_sandbox(carrier: RunningCarrier) -> None:
    mail(carrier, text_plain=f"Plain {EVIL} https://example.com/a", text_html=f'<p id="x">Rich</p>{EVIL}"\'')
    box = get(carrier, "/mailbox/ann@example.org")
    link = re.search(r'href="(\?mail=[^"]+)"', box)
    assert link
    page = get(carrier, f"/mailbox/ann@example.org{link[1]}")
    assert "Plain &lt;script&gt;" in page
    tags = Tags()
    tags.feed(page)
    frame = next(attributes for tag, attributes in tags.found if tag == "iframe")
    assert frame["srcdoc"] == f'<base target="_blank"><p id="x">Rich</p>{EVIL}"\''
    assert "allow-scripts" not in (frame["sandbox"] or "")
    assert "allow-same-origin" not in (frame["sandbox"] or "")


def test_pages_load_themselves_again_but_for_those_that_are_being_read(carrier: RunningCarrier) -> None:
    mail(carrier, text_plain="t")
    sid = carrier.carrier.books.mailboxes["ann@example.org"][0].sid

    def refresh(path: str) -> str | None:
        return requests.get(carrier.base_url + path, timeout=5).headers.get("Refresh")

    assert refresh("/")
    assert refresh(f"/phone/{quote(PERSON)}/thread")
    assert refresh("/mailbox/ann@example.org")
    assert refresh(f"/phone/{quote(PERSON)}") is None
    assert refresh(f"/mailbox/ann@example.org?mail={quote(sid)}") is None


def test_an_empty_mailbox_says_so(carrier: RunningCarrier) -> None:
    assert "No mail yet" in get(carrier, "/mailbox/nobody@example.org")
