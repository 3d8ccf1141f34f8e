"""The short way to read an e-mail address, held against the library: accepted, refused and normalised alike."""

from random import Random

import pytest
from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from app.queueing import email
from app.queueing.email import normalised_email
from bench.make_sample import BAD_EMAILS, FIRST_NAMES, LAST_NAMES

DOMAINS = (
    "example.com", "Example.ORG", "mail.example.net", "a-b.co.uk", "b\u00fccher.de", "xn--bcher-kva.de",
    "XN--BCHER-KVA.de", "a.xn--p1ai", "xn--a.com", "ab--c.com", "localhost", "x.test", "arpa", "x.local", "1.2.3.4",
    "[1.2.3.4]", "x.c1", "x.1c", "-x.com", "x-.com", "x..com", ".x.com", "x.com.", "x_y.com", "x.y_z", "x,com", "",
    f"{'d' * 63}.com", f"{'d' * 64}.com", ".".join(["d" * 60] * 4), "\uff45xample.com", "example\u3002com",
    "\u212aelvin.org",
)  # fmt: skip
LOCALS = (
    "ann", "Ann.Example", "ann+tag", "o'brien", "a_b-c", "-ann", "ann-", "a..b", ".ann", "ann.", "", "ann example",
    '"ann"', '"ann example"', "\u00e4nn", "a@b", "<ann", "Ann <ann", "ann!", "a/b=c?d", "Info", "POSTMASTER", "a" * 64,
    "a" * 65, "a" * 240, "\u212a", "\u017f", "ann\n", " ann", "\uff41nn",
)  # fmt: skip
LETTERS = "aZ09._-+'@\"<> ,!\\xn\u00e4\u0130\u212a\u3002\uff20\n"


def by_the_library(written: str) -> str | None:
    try:
        checked = validate_email(written, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return (checked.ascii_email or checked.normalized).lower()


def check(written: str) -> None:
    # the second time the domain is known
    assert [normalised_email(written), normalised_email(written)] == [by_the_library(written)] * 2, written


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_mailbox_of_a_domain_is_what_the_library_says(domain: str) -> None:
    for local in LOCALS:
        check(f"{local}@{domain}")
        check(f"{local}@{domain}>")
        check(f"{local}@{domain}\n")


@pytest.mark.parametrize("length", range(248, 260))
def test_the_longest_address_is_what_the_library_says(length: int) -> None:
    longer_in_letters = ("\u3042" * 30 + ".com").encode("idna").decode()
    for domain in ("example.com", f"{'d' * 60}.{'d' * 60}.{'d' * 60}.{'d' * 60}.com", longer_in_letters):
        check(f"{'a' * (length - len(domain) - 1)}@{domain}")


def test_the_addresses_of_a_list_and_its_spoiled_ones_are_what_the_library_says() -> None:
    rng = Random(1)
    for _ in range(2_000):
        local = f"{rng.choice(FIRST_NAMES)}.{rng.choice(LAST_NAMES)}"
        domain = f"{rng.choice(LAST_NAMES)}.{rng.choice(('com', 'org', 'co.uk', 'c', '1'))}"
        check(f"{local}@{domain}".lower())
        check(rng.choice(BAD_EMAILS)(local, domain))


@given(local=st.text(LETTERS, max_size=12), domain=st.text(LETTERS, max_size=12))
@example(local="a", domain="xn--a.xn--b")
def test_whatever_stands_around_the_sign_is_what_the_library_says(local: str, domain: str) -> None:
    check(f"{local}@{domain}")
    check(f"{local}@example.com")
    check(f"ann@{domain}.com")


@given(st.emails())
def test_an_address_in_any_shape_of_the_standard_is_what_the_library_says(written: str) -> None:
    check(written)


@given(st.text(max_size=40))
def test_whatever_stands_in_the_cell_is_what_the_library_says(written: str) -> None:
    check(written)


def test_the_library_checks_a_domain_once_for_all_its_mailboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counting(written: str, **options: bool) -> ValidatedEmail:
        asked.append(written)
        return validate_email(written, **options)

    monkeypatch.setattr(email, "validate_email", counting)
    assert normalised_email("Ann@Once.Example") == "ann@once.example"
    assert normalised_email("Bob@once.example") == "bob@once.example"
    assert len(asked) == 1
