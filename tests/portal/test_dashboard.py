from collections.abc import Callable

from app import tallies
from app.campaigns.definition import Definition
from app.clock import now
from app.extensions import db
from app.models import Channel, Company, Role, SourceStatus, TallyKind
from app.tallies import TallyKey
from tests import factories
from tests.portal.conftest import Visitor


def test_a_new_company_is_shown_the_way(visitor: Visitor) -> None:
    page = visitor.get("/")

    for link in ("/senders/", "/files/upload/", "/campaigns/"):
        assert link in page.links


def test_a_viewer_is_not_shown_what_only_others_may_do(visitor_of: Callable[[Role], Visitor]) -> None:
    assert "/files/upload/" not in visitor_of(Role.VIEWER).get("/").links


def test_files_campaigns_and_runs_are_shown_with_what_became_of_them(visitor: Visitor, company: Company) -> None:
    source = factories.source([["Ann", "", "", "", "", ""]])
    run = factories.run(factories.campaign(Definition(), [source]))
    day = now().date()
    key = TallyKey(run.id, run.campaign_id, "sms", Channel.SMS, day, TallyKind.MESSAGE, "", "delivered")
    tallies.add({key: 1500, key._replace(code="queued"): 20})
    db.session.commit()

    page = visitor.get("/")

    assert "1,500 delivered 20 on the way" in page.text
    assert f"/runs/{run.id}" in page.links
    assert f"/campaigns/{run.campaign_id}" in page.links
    assert f"/files/{source.id}" in page.links


def test_what_needs_somebody_is_said_on_top(visitor: Visitor, company: Company) -> None:
    source = factories.source([])
    source.status, source.error_code = SourceStatus.FAILED, "file_missing"
    db.session.commit()

    page = visitor.get("/")

    assert "Needs somebody" in page.text
    assert "The stored file is no longer there." in page.text
