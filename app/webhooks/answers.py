"""Where a signed link leads. Mail scanners follow every link, so a GET shows a page and only its button decides."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.extensions import settings
from app.models import Disposition
from app.receipts import answering, links
from app.receipts.answering import Standing
from app.receipts.links import Answer, Choice

blueprint = Blueprint("answers", __name__)


@dataclass(frozen=True, slots=True)
class Offer:
    """How a choice is put to a person."""

    question: str
    button: str
    style: str


OFFERS = {
    Choice.CONFIRM: Offer("Will you come?", "Confirm my appointment", "success"),
    Choice.CANCEL: Offer("Do you want to cancel?", "Cancel my appointment", "danger"),
    Choice.RESCHEDULE: Offer("Do you need another time?", "Ask for another time", "primary"),
    Choice.STOP: Offer("Do you want to hear from us no more?", "Stop these messages", "secondary"),
}
DECIDED = {
    Disposition.CONFIRMED: "Your appointment is confirmed. Thank you.",
    Disposition.CANCELLED: "Your appointment is cancelled. Thank you for telling us.",
    Disposition.RESCHEDULE: "You asked for another time. We will get in touch with you.",
    Disposition.OPTED_OUT: "You will not get these messages any more.",
}
CLOSED = "This appointment has passed or was cancelled, so it cannot be confirmed here. Please call us."
NOTED = "Thank you, we have your answer."


@blueprint.get("/a/<token>")
def show(token: str) -> ResponseReturnValue:
    """The appointment and one button. Changes nothing, however often it is fetched."""
    answer = links.read_answer(settings().secret_key, token)
    standing = answering.standing(answer) if answer else None
    if answer is None or standing is None:
        return _no_such_link()
    return _page(answer, standing, answered=False)


@blueprint.post("/a/<token>")
def decide(token: str) -> ResponseReturnValue:
    """Takes the answer. Also what a mail program posts when a person unsubscribes with one click (RFC 8058)."""
    answer = links.read_answer(settings().secret_key, token)
    standing = answering.accept(answer) if answer else None
    if answer is None or standing is None:
        return _no_such_link()
    return _page(answer, standing, answered=True)


def _page(answer: Answer, standing: Standing, *, answered: bool) -> str:
    closed = answer.choice is Choice.CONFIRM and not standing.open
    return render_template(
        "answers/answer.html",
        standing=standing,
        notices=_notices(answer, standing, closed=closed, answered=answered),
        offer=None if standing.given or closed else OFFERS[answer.choice],
    )


def _notices(answer: Answer, standing: Standing, *, closed: bool, answered: bool) -> list[str]:
    if standing.given:
        return [DECIDED[links.MEANS[answer.choice]]]
    notices = []
    # an opt-out may have been lifted, so only its own link speaks of it
    if standing.decided in DECIDED and standing.decided is not Disposition.OPTED_OUT:
        notices.append(DECIDED[standing.decided])
    if closed:
        notices.append(CLOSED)
    elif answered:
        notices.append(NOTED)
    return notices


def _no_such_link() -> ResponseReturnValue:
    return render_template("answers/no_such_link.html"), 404
