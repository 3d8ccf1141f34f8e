"""Functions of people's names."""

from app.templating.functions.registry import message_function
from app.templating.personnames import read_name


@message_function
def name_order(text: str) -> str:
    """Puts a name in the order and the case in which it is said.

    With a comma the surname is taken to stand first. Words all in capitals or all in small letters are written anew,
    with the small words of `de la Cruz` and the capitals of `McDonald` and `O'Brien`; words in mixed case are left as
    they are. `Jr`, `III` and the like go behind the surname, `MD` and the like behind a comma.

    Examples:
        {{ "MCDONALD, JOHN ANN" | name_order }} => John Ann McDonald
        {{ "DE LA CRUZ, MARÍA" | name_order }} => María de la Cruz
        {{ "o'brien-smith jr, liam" | name_order }} => Liam O'Brien-Smith Jr
        {{ "JOHN SMITH, MD" | name_order }} => John Smith, MD
        {{ "LaToya Jones" | name_order }} => LaToya Jones
    """
    return str(read_name(text))


@message_function
def first_name(text: str) -> str:
    """The name to greet somebody by.

    That is the first given name that is more than an initial; titles are passed over.

    Examples:
        {{ "MCDONALD, JOHN ANN" | first_name }} => John
        {{ "Dr. Ana de la Cruz" | first_name }} => Ana
        {{ "J. Robert Smith" | first_name }} => Robert
    """
    name = read_name(text)
    given = name.given or name.surname
    return next((word for word in given if len(word.rstrip(".")) > 1), given[0] if given else "")


@message_function
def last_name(text: str) -> str:
    """The surname, with its small words, without `Jr` or `MD`.

    Examples:
        {{ "MCDONALD, JOHN ANN" | last_name }} => McDonald
        {{ "Maria de la Cruz" | last_name }} => de la Cruz
        {{ "JOHN SMITH III" | last_name }} => Smith
    """
    name = read_name(text)
    return " ".join(name.surname or name.given)
