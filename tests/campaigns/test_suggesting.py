"""A company that has said once what its columns mean is not asked again."""

from datetime import timedelta

from app import tenancy
from app.campaigns import editing
from app.campaigns.definition import Definition, Mapping, Role, Source
from app.campaigns.suggesting import remembered, suggested_definition, suggested_mapping
from app.clock import now
from app.extensions import db
from app.models import Campaign, CampaignVersion, Company, DataSource
from tests import factories
from tests.queueing.line_of import DEFINITION, sms_saying

FIELDS = ["kunde", "tel", "beim", "am"]
ROWS = [["EXAMPLE, ANN", "(202) 555-0143", "Bell", "12/24/2099"]]
CORRECTED = Mapping(
    roles={
        Role.PERSON: (Source(column="kunde", functions=("name_order",)),),
        Role.PHONE: (Source(column="tel"),),
        Role.DOCTOR: (Source(column="beim", functions=("prefix: 'Dr. '",)),),
    },
    fields={"day": Source(column="am", functions=("date: 'long'",))},
)


def a_list(fields: list[str] = FIELDS) -> DataSource:
    return factories.source(ROWS, header=fields, fields=fields)


def corrected(mapping: Mapping = CORRECTED, *sources: DataSource) -> Campaign:
    campaign = editing.create_campaign("Reminders", None, files=[source.id for source in sources or (a_list(),)])
    return editing.change_campaign(campaign.id, None, definition=Definition(mapping=mapping))


def test_the_next_file_with_the_same_header_means_what_the_last_one_meant(company: Company) -> None:
    assert Role.DOCTOR not in suggested_mapping(a_list()).roles
    corrected()

    made = editing.definition_of(editing.create_campaign("December", None, files=[a_list().id]))

    assert made.mapping == CORRECTED
    assert "beim" in made.methods[0].content.text


def test_columns_in_another_order_are_the_same_header(company: Company) -> None:
    corrected()
    assert suggested_mapping(a_list(FIELDS[::-1])) == CORRECTED


def test_a_column_more_is_another_header(company: Company) -> None:
    corrected()
    assert remembered(factories.source([[*ROWS[0], "x"]], header=[*FIELDS, "x"], fields=[*FIELDS, "x"])) is None


def test_what_was_saved_last_counts_whenever_its_campaign_was_made(company: Company) -> None:
    first, second = corrected(), corrected(Mapping(roles={Role.PHONE: (Source(column="am"),)}))
    for campaign, minutes in ((first, 5), (second, 10)):
        tenancy.get(CampaignVersion, campaign.id, campaign.version).changed_at = now() - timedelta(minutes=minutes)
    db.session.commit()
    assert suggested_mapping(a_list()) == CORRECTED

    editing.change_campaign(
        second.id, None, definition=Definition(mapping=Mapping(roles={Role.PHONE: (Source(column="tel"),)}))
    )
    assert set(suggested_mapping(a_list()).roles) == {Role.PHONE}


def test_a_campaign_that_says_nothing_of_its_columns_is_not_remembered(company: Company) -> None:
    corrected()
    editing.create_campaign("Empty", None, files=[a_list().id], definition=Definition(methods=(sms_saying("Hi"),)))
    assert suggested_mapping(a_list()) == CORRECTED


def test_of_a_campaign_over_several_files_the_part_that_fits_is_remembered(company: Company) -> None:
    other = factories.source([["ann@clinic.example"]], header=["mail"], fields=["mail"])
    both = Mapping(roles={**CORRECTED.roles, Role.EMAIL: (Source(column="mail"),)}, fields=CORRECTED.fields)
    corrected(both, a_list(), other)
    assert suggested_mapping(a_list()) == CORRECTED


def test_another_companys_files_are_not_remembered(company: Company, other_company: Company) -> None:
    corrected()
    with tenancy.company(other_company.id):
        assert remembered(a_list()) is None
        assert suggested_definition(a_list()).mapping != CORRECTED


def test_a_known_header_says_where_it_is_known_from(company: Company) -> None:
    corrected()
    known = remembered(a_list())
    assert known is not None
    assert known.campaign == "Reminders"
    assert DEFINITION.mapping.roles.keys() != known.mapping.roles.keys()
