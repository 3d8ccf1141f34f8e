"""What a person does about a failure: reads why, corrects it, lifts what stands against it, and tries again."""

from collections.abc import Callable

import pytest

from app import suppressions, tenancy
from app.campaigns import editing, lifecycle
from app.campaigns.fire import fire
from app.extensions import db
from app.models import Campaign, CampaignStatus, Channel, Company, Failure, Role, Run, SuppressionSource
from app.queueing.correcting import correct
from tests import factories
from tests.portal.conftest import Visitor
from tests.queueing.line_of import EMAIL, SMS, definition
from tests.queueing.runs import failures_of, fired, messages_of, patient, worked


def run_over(*rows: list[str]) -> Run:
    made = fired(factories.source(rows), definition(methods=(SMS,)))
    worked(made)
    return made


@pytest.fixture
def run(company: Company) -> Run:
    """One record went out, two have no phone."""
    return run_over(patient(1), patient(2, cell_phone="none"), patient(3, cell_phone="555"))


@pytest.fixture
def failure(run: Run) -> Failure:
    return failures_of(run)[0]


def newest_run() -> Run:
    found = db.session.scalars(tenancy.rows(Run).order_by(Run.id.desc())).first()
    assert found
    return found


def test_the_reason_stands_beside_the_field_that_it_is_about(visitor: Visitor, failure: Failure) -> None:
    page = visitor.get(f"/failures/{failure.id}")
    assert page.inputs["cell.cell_phone"] == "none"
    assert "cell-cell_phone-problem" in page.ids
    assert page.html.index("cell-cell_phone-problem") < page.html.index("cell-e_mail")


def test_a_record_is_corrected_and_requeued_in_one_step(visitor: Visitor, failure: Failure) -> None:
    answer = visitor.post(f"/failures/{failure.id}", requeue="1", **{"cell.cell_phone": "202-555-0143"})

    again = newest_run()
    assert answer.location == f"/runs/{again.id}"
    worked(again)
    assert [message.endpoint for message in messages_of(again)] == ["+12025550143"]
    page = visitor.get(f"/failures/{failure.id}")
    assert "Requeued" in page.text
    assert f"/runs/{again.id}" in page.links
    assert "Corrected; in the file: “none”" in page.text
    assert "Save" not in page.text


def test_saving_alone_answers_with_the_record(visitor: Visitor, failure: Failure) -> None:
    # the token as the page gives it, and the piece as htmx asks for it
    token = visitor.get(f"/failures/{failure.id}").csrf_token
    answer = visitor.open(
        "POST",
        f"/failures/{failure.id}",
        data={"csrf_token": token, "cell.cell_phone": "202-555-0143", "cell.e_mail": "ann2@clinic.example"},
        headers={"HX-Request": "true"},
    )
    assert "Saved." in answer.text
    assert "<html" not in answer.text
    db.session.refresh(failure)
    assert (failure.corrected, failure.requeue_run_id) == ({"cell_phone": "202-555-0143"}, None)


def test_a_refused_correction_says_why_and_keeps_what_was_typed(visitor: Visitor, failure: Failure) -> None:
    answer = visitor.post(f"/failures/{failure.id}", **{"cell.cell_phone": "9" * 40_000, "cell.colour": "red"})
    assert answer.status_code == 422
    assert "A cell has at most 32768 characters." in answer.text
    assert "9" * 40_000 in answer.text


def cells_of(visitor: Visitor, failure: Failure) -> dict[str, str]:
    """What the failure's form sends when nothing is typed."""
    inputs = visitor.get(f"/failures/{failure.id}").inputs
    return {name: value for name, value in inputs.items() if name.startswith(("cell.", "shown."))}


def test_what_a_colleague_corrected_meanwhile_stays(visitor: Visitor, failure: Failure) -> None:
    form = cells_of(visitor, failure)
    correct(failure.id, {"cell_phone": "202-555-0143"}, None)

    assert visitor.post(f"/failures/{failure.id}", **{**form, "cell.patient_name": "EXAMPLE, BEA"}).status_code == 302

    db.session.refresh(failure)
    assert failure.corrected == {"cell_phone": "202-555-0143", "patient_name": "EXAMPLE, BEA"}


def test_a_cell_that_two_correct_at_once_is_not_overwritten_unseen(visitor: Visitor, failure: Failure) -> None:
    form = {**cells_of(visitor, failure), "cell.cell_phone": "202-555-0199"}
    correct(failure.id, {"cell_phone": "202-555-0143"}, None)

    answer = visitor.post(f"/failures/{failure.id}", **form)

    assert answer.status_code == 422
    assert "Meanwhile it was changed to “202-555-0143”." in answer.text
    db.session.refresh(failure)
    assert failure.corrected == {"cell_phone": "202-555-0143"}
    seen = {**form, "shown.cell_phone": "202-555-0143"}
    assert 'name="shown.cell_phone" value="202-555-0143"' in answer.text
    assert visitor.post(f"/failures/{failure.id}", **seen).status_code == 302
    db.session.refresh(failure)
    assert failure.corrected == {"cell_phone": "202-555-0199"}


def test_the_same_correction_by_two_is_no_conflict(visitor: Visitor, failure: Failure) -> None:
    form = {**cells_of(visitor, failure), "cell.cell_phone": "202-555-0143"}
    correct(failure.id, {"cell_phone": "202-555-0143"}, None)
    assert visitor.post(f"/failures/{failure.id}", **form).status_code == 302


def test_line_ends_of_a_browser_are_no_correction(visitor: Visitor) -> None:
    run = run_over(patient(1, cell_phone="none", provider="Dr. Bell\nRoom 5"))
    (failure,) = failures_of(run)
    visitor.post(f"/failures/{failure.id}", **{"cell.provider": "Dr. Bell\r\nRoom 5", "cell.cell_phone": "1"})
    assert failures_of(run)[0].corrected == {"cell_phone": "1"}


def test_all_of_a_code_are_requeued_and_say_so(visitor: Visitor, run: Run) -> None:
    page = visitor.get("/failures/?code=phone_invalid&stage=validate")
    assert "Requeue these 2" in page.text
    assert "Requeue 2 failures of “Reminders”?" in page.html

    answer = visitor.post("/failures/requeue", campaign=str(run.campaign_id), code="phone_invalid", stage="validate")

    again = newest_run()
    assert answer.location == f"/runs/{again.id}"
    assert again.records_total == 2
    page = visitor.get(f"/failures/?run={run.id}")
    assert f"/runs/{again.id}" in page.links
    assert visitor.download(f"/failures/failures.csv?run={run.id}").text.count(str(again.id)) == 2
    assert "Requeue these" not in page.text
    assert "Requeued: 2 of 2 failures" in visitor.get(f"/runs/{run.id}").text
    assert "2 failures" in visitor.get(f"/runs/{again.id}").text
    assert "2 requeued" in visitor.get(f"/campaigns/{run.campaign_id}").text


def test_what_was_requeued_is_not_requeued_again(visitor: Visitor, failure: Failure) -> None:
    assert visitor.post(f"/failures/{failure.id}", requeue="1").status_code == 302
    again = visitor.post(f"/failures/{failure.id}", requeue="1")
    assert (again.status_code, "This failure has been requeued" in again.text) == (422, True)


def test_failures_are_told_apart_by_whether_they_were_requeued(visitor: Visitor, run: Run, failure: Failure) -> None:
    visitor.post(f"/failures/{failure.id}", requeue="1")
    assert f"/failures/{failure.id}" in visitor.get(f"/failures/?run={run.id}&requeued=yes").links
    standing = visitor.get(f"/failures/?run={run.id}&requeued=no")
    assert f"/failures/{failure.id}" not in standing.links
    assert "Requeue this one" in standing.text


def test_several_campaigns_are_requeued_one_at_a_time(visitor: Visitor, run: Run) -> None:
    run_over(patient(9, cell_phone="none"))
    page = visitor.get("/failures/?code=phone_invalid")
    assert "Choose one campaign" in page.text
    visitor.post("/failures/requeue", code="phone_invalid")
    assert "several campaigns" in visitor.get("/failures/?code=phone_invalid").text


def test_requeueing_needs_a_filter(visitor: Visitor, run: Run) -> None:
    assert visitor.post("/failures/requeue").status_code == 400


@pytest.mark.parametrize(
    "unread",
    [
        {"stage": "bogus"},
        {"channel": "fax"},
        {"file": "list.csv"},
        {"run": "1"},
        {"requeued": "perhaps"},
        {"requeued": "yes"},
        {"colour": "red"},
    ],
)
def test_a_filter_that_cannot_be_read_does_not_widen_a_requeue(
    visitor: Visitor, run: Run, unread: dict[str, str]
) -> None:
    answer = visitor.post("/failures/requeue", campaign=str(run.campaign_id), **unread)
    assert (answer.status_code, newest_run().id) == (400, run.id)
    (name,) = unread
    assert "Requeue these" not in visitor.get(f"/failures/?campaign={run.campaign_id}&{name}={unread[name]}").text


def test_whether_they_were_requeued_is_not_a_filter_by_itself(visitor: Visitor, run: Run) -> None:
    assert visitor.post("/failures/requeue", requeued="no").status_code == 400


def test_what_failed_of_one_file_is_requeued(visitor: Visitor) -> None:
    one = factories.source([patient(1, cell_phone="none"), patient(2, cell_phone="555")])
    other = factories.source([patient(3, cell_phone="none")])
    run = fire(factories.campaign(definition(methods=(SMS,)), [one, other]).id)
    worked(run)
    assert "Requeue these 2" in visitor.get(f"/failures/?file={one.id}").text

    answer = visitor.post("/failures/requeue", file=str(one.id))

    again = newest_run()
    assert answer.location == f"/runs/{again.id}"
    worked(again)
    assert {failure.data_source_id for failure in failures_of(again)} == {one.id}
    assert len(failures_of(again)) == 2
    assert [failure.requeue_run_id for failure in failures_of(run) if failure.data_source_id == other.id] == [None]
    assert "Requeue this one" in visitor.get(f"/failures/?file={other.id}").text


def test_a_delivery_method_that_is_gone_is_said_to_be(visitor: Visitor, run: Run, failure: Failure) -> None:
    editing.change_campaign(run.campaign_id, None, definition=definition(methods=(EMAIL,)))
    tenancy.get(Campaign, run.campaign_id).status = CampaignStatus.READY
    db.session.commit()

    page = visitor.get(f"/failures/{failure.id}")
    assert "no longer has the delivery method" in page.text
    assert "Save and requeue" not in page.text
    for path, fields in ((f"/failures/{failure.id}", {"requeue": "1"}), ("/failures/requeue", {"run": str(run.id)})):
        answer = visitor.post(path, **fields)
        assert "no longer has the delivery method on which" in visitor.get(answer.location).text
    assert newest_run().id == run.id


def test_a_suppression_is_lifted_from_the_failure(visitor: Visitor) -> None:
    suppressions.suppress(Channel.SMS, "+12025550001", SuppressionSource.PERSON, "called the desk")
    db.session.commit()
    (failure,) = failures_of(run_over(patient(1)))
    assert "called the desk" in visitor.get(f"/failures/{failure.id}").text

    visitor.post(f"/failures/{failure.id}/lift")
    page = visitor.get(f"/failures/{failure.id}")
    assert "can be contacted by SMS again" in page.text
    visitor.post(f"/failures/{failure.id}", requeue="1")

    again = newest_run()
    worked(again)
    assert [message.endpoint for message in messages_of(again)] == ["+12025550001"]


def test_a_campaign_that_may_not_fire_offers_no_requeue(visitor: Visitor, run: Run, failure: Failure) -> None:
    lifecycle.pause(run.campaign_id)
    page = visitor.get(f"/failures/{failure.id}")
    assert "The campaign is paused" in page.text
    assert "Save and requeue" not in page.text
    assert "Requeue these" not in visitor.get(f"/failures/?run={run.id}").text


def test_a_viewer_reads_the_record_and_is_offered_nothing(
    visitor_of: Callable[[Role], Visitor], run: Run, failure: Failure
) -> None:
    viewer = visitor_of(Role.VIEWER)
    assert "Save" not in viewer.get(f"/failures/{failure.id}").text
    assert "Requeue these" not in viewer.get(f"/failures/?run={run.id}").text


def test_what_the_campaign_does_not_read_comes_last(visitor: Visitor) -> None:
    columns = ["notes", *factories.FIELDS]
    source = factories.source([["vip", *patient(1, cell_phone="none")]], columns, columns)
    run = fired(source, definition(methods=(SMS,)))
    worked(run)
    page = visitor.get(f"/failures/{failures_of(run)[0].id}")
    assert "Other columns (1)" in page.text
    assert page.html.index("cell-appt_time") < page.html.index("cell-notes")


def test_rows_to_fix_leave_in_the_columns_of_their_file(visitor: Visitor, run: Run, failure: Failure) -> None:
    assert not any("/failures/of/" in link for link in visitor.get("/failures/").links)
    for query in (f"run={run.id}", f"campaign={run.campaign_id}", f"file={failure.data_source_id}"):
        (link,) = [link for link in visitor.get(f"/failures/?{query}").links if "/failures/of/" in link]
        answer = visitor.download(link)
        assert answer.headers["Content-Disposition"] == "attachment; filename=list-to-fix.csv"
        header, *rows = answer.text.removeprefix("\ufeff").splitlines()
        assert header.startswith("Patient Name,Cell Phone,E-mail")
        assert len(rows) == 2
