from app import suppressions, tenancy
from app.extensions import db
from app.models import Channel, Company, Suppression, SuppressionSource, User
from tests.portal.conftest import Visitor

NUMBER = "+12025550143"


def suppress(address: str = NUMBER) -> Suppression:
    suppressions.suppress(Channel.SMS, address, SuppressionSource.REPLY, "STOP")
    db.session.commit()
    [found] = db.session.scalars(tenancy.rows(Suppression).where(Suppression.address == address))
    return found


def test_an_address_is_suppressed_in_the_form_in_which_it_would_be_contacted(
    visitor: Visitor, company: Company, owner: User
) -> None:
    visitor.get("/suppressions/")

    visitor.post("/suppressions/", channel="sms", address="(202) 555-0143", words="called the front desk")

    assert suppressions.suppressed(Channel.SMS, [NUMBER]) == {NUMBER}
    [row] = db.session.scalars(tenancy.rows(Suppression))
    assert (row.source, row.created_by) == (SuppressionSource.PERSON, owner.id)
    assert "Person: called the front desk" in visitor.get("/suppressions/").text


def test_a_reason_is_asked_for_and_what_was_typed_stays(visitor: Visitor) -> None:
    response = visitor.post("/suppressions/", channel="sms", address="(202) 555-0143", words="")

    assert response.status_code == 422
    assert "Say who asked for it" in response.text
    assert 'value="(202) 555-0143"' in response.text


def test_what_is_no_address_of_the_channel_is_refused(visitor: Visitor) -> None:
    response = visitor.post("/suppressions/", channel="email", address="202 555 0143", words="called")

    assert response.status_code == 422
    assert "not a valid address" in response.text


def test_suppressing_twice_is_said_and_changes_nothing(visitor: Visitor, company: Company) -> None:
    suppress()

    response = visitor.post("/suppressions/", channel="sms", address=NUMBER, words="called")

    assert response.status_code == 422
    assert "suppressed already" in response.text


def test_a_lifted_suppression_stays_in_the_list_and_blocks_nothing(visitor: Visitor, company: Company) -> None:
    row = suppress()

    visitor.post(f"/suppressions/{row.id}/lift")

    assert suppressions.suppressed(Channel.SMS, [NUMBER]) == frozenset()
    assert "Lifted" in visitor.get("/suppressions/").text


def test_a_number_is_found_however_it_is_typed(visitor: Visitor, company: Company) -> None:
    suppress()
    suppress("+12025550199")

    page = visitor.get("/suppressions/?q=202.555.0143")

    assert NUMBER in page.text
    assert "+12025550199" not in page.text


def test_a_number_that_is_not_suppressed_is_said_to_be_free(visitor: Visitor) -> None:
    assert "“202 555 0143” is not suppressed" in visitor.get("/suppressions/?q=202 555 0143").text


def test_pages_follow_one_another_and_keep_the_order(visitor: Visitor, company: Company) -> None:
    for n in range(60):
        suppressions.suppress(Channel.SMS, f"+1202555{n:04}", SuppressionSource.REPLY, "STOP")
    db.session.commit()

    first = visitor.get("/suppressions/")
    [following] = [link for link in first.links if "after=" in link]
    second = visitor.get(following)

    assert first.text.count("STOP") == 50
    assert second.text.count("STOP") == 10
    assert "+12025550059" in first.text
    assert "+12025550000" in second.text


def test_an_address_that_was_tampered_with_leads_nowhere(visitor: Visitor) -> None:
    visitor.get("/suppressions/?after=1", status=404)
