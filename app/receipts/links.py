"""Signed links with which a person answers from an e-mail: who answers which message, and how. Pure.

The token names one company, one message and one choice, so it can be guessed by nobody and used for nothing else.
It does not expire: whether an answer still counts depends on the appointment, not on the link.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from itsdangerous import BadSignature, Signer

from app.models import Disposition, ReceiptKind
from app.receipts.incoming import Incoming, MalformedError, Payload, text

PROVIDER = "carillon"
"""What stands in the inbox as the provider of answers that we took ourselves."""


class Choice(StrEnum):
    """What a link says for the person who follows it."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    STOP = "stop"


MEANS = {
    Choice.CONFIRM: Disposition.CONFIRMED,
    Choice.CANCEL: Disposition.CANCELLED,
    Choice.RESCHEDULE: Disposition.RESCHEDULE,
    Choice.STOP: Disposition.OPTED_OUT,
}

_LETTERS = {Choice.CONFIRM: b"c", Choice.CANCEL: b"x", Choice.RESCHEDULE: b"r", Choice.STOP: b"s"}
_CHOICES = {letter: choice for choice, letter in _LETTERS.items()}
_UUID_BYTES = 16
_NO_TOKEN = "-" * 88
"""44 characters that say who answers what, a dot, 43 that sign them: this is neither."""


class Answer(NamedTuple):
    """What a token says."""

    company_id: UUID
    message_id: UUID
    choice: Choice


def answer_url(secret_key: str, base_url: str, company_id: UUID, message_id: UUID, choice: Choice) -> str:
    """The address of the page on which a person gives this answer; about 90 characters after `base_url`."""
    content = urlsafe_b64encode(company_id.bytes + message_id.bytes + _LETTERS[choice])
    return f"{base_url}/a/{_signer(secret_key).sign(content).decode()}"


def lifeless_url(base_url: str) -> str:
    """An address as long as one that `answer_url` makes, under which there is nothing."""
    return f"{base_url}/a/{_NO_TOKEN}"


def read_answer(secret_key: str, token: str) -> Answer | None:
    """What `token` says; None when we did not make it."""
    try:
        content = urlsafe_b64decode(_signer(secret_key).unsign(token.encode()))
    except (BadSignature, NotBase64Error):
        return None
    company, message, letter = (
        content[:_UUID_BYTES],
        content[_UUID_BYTES : 2 * _UUID_BYTES],
        content[2 * _UUID_BYTES :],
    )
    return Answer(UUID(bytes=company), UUID(bytes=message), _CHOICES[letter])


def answer_event(answer: Answer, after: UUID | None) -> Incoming:
    """The answer for the inbox. `after` is the reply that decided last: a second click on the same page is a repeat,
    but a person who changed their mind may change it back."""
    key = f"{answer.message_id}:{answer.choice}:{after or ''}"
    return Incoming(PROVIDER, ReceiptKind.REPLY, key, answer.message_id, None, {"choice": answer.choice.value})


def read_choice(payload: Payload) -> Choice:
    """What a stored answer says. Raises `MalformedError`."""
    word = text(payload, "choice")
    if word not in set(Choice):
        raise MalformedError(f"unknown choice {word}")
    return Choice(word)


def _signer(secret_key: str) -> Signer:
    return Signer(secret_key, salt="carillon.answer", key_derivation="hmac", digest_method=hashlib.sha256)
