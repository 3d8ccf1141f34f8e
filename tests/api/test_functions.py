"""A program reads the same reference of the message functions as a person."""

from app.models import Company
from app.templating.functions import FUNCTIONS
from tests.api.program import Program


def test_the_message_functions_are_listed_with_their_examples(program: Program, company: Company) -> None:
    functions = {each["name"]: each for each in program.get("/functions")["items"]}

    assert set(functions) == set(FUNCTIONS)
    assert functions["name_order"]["examples"][0] == {
        "template": '{{ "MCDONALD, JOHN ANN" | name_order }}',
        "result": "John Ann McDonald",
        "code": None,
    }
    assert functions["date"]["examples"][-1]["code"] == "date_unreadable"
    assert functions["truncate_words"]["signature"] == 'truncate_words: words, end: "..."'
