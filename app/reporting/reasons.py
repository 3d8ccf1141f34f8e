"""What a failure says to a person, from whichever stage it comes."""

from app.delivery import errors as delivery
from app.models import Failure, FailureStage
from app.queueing import errors as queueing


def words_of(failure: Failure) -> str:
    """Why a record did not become a message, or a message failed for good, in a sentence."""
    if failure.stage is FailureStage.DELIVER:
        return delivery.words_for(failure.code, failure.facts)
    return queueing.words_for(failure.code, failure.facts)
