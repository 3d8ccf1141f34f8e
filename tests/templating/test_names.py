"""People's names, in the spellings that files hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.templating.casing import capitalise
from app.templating.personnames import PersonName, read_name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("MCDONALD, JOHN ANN", "John Ann McDonald"),
        ("mcdonald,john ann", "John Ann McDonald"),
        ("McDONALD, JOHN", "John McDonald"),
        ("MACDONALD, FLORA", "Flora MacDonald"),
        ("MACHADO, MANNY", "Manny Machado"),
        ("SMITH, MACKENZIE", "Mackenzie Smith"),
        ("O'BRIEN, SINEAD", "Sinead O'Brien"),
        ("O’BRIEN, SINÉAD", "Sinéad O’Brien"),
        ("D'ANGELO, TONY", "Tony D'Angelo"),
        ("KA'EO, LANI", "Lani Ka'eo"),
        ("SMITH-JONES, MARY-KATE", "Mary-Kate Smith-Jones"),
        ("O'NEIL-MCCOY, PAT", "Pat O'Neil-McCoy"),
        ("ST. JAMES, SUSAN", "Susan St. James"),
        ("SMITH, JOHN A.", "John A. Smith"),
        ('SMITH, MARY "BETTY"', 'Mary "Betty" Smith'),
        ("SMITH (JONES), MARY", "Mary Smith (Jones)"),
        ("JOHN SMITH", "John Smith"),
        ("Smith , John", "John Smith"),
        ("cher", "Cher"),
        ("SMITH,", "Smith"),
        (", JOHN", "John"),
        ("", ""),
        (" , ", ""),
    ],
)
def test_a_name_is_put_in_order_and_case(text: str, said: str) -> None:
    assert str(read_name(text)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DE LA CRUZ, MARIA", "Maria de la Cruz"),
        ("MARIA DE LA CRUZ", "Maria de la Cruz"),
        ("DE LEON, PONCE", "Ponce de Leon"),
        ("DEL TORO, ANA", "Ana del Toro"),
        ("DOS SANTOS, JOAO", "Joao dos Santos"),
        ("VAN DER BERG, JAN", "Jan van der Berg"),
        ("JAN VAN DEN HEUVEL", "Jan van den Heuvel"),
        ("VAN BUREN, MARTIN", "Martin Van Buren"),
        ("VON TRAPP, MARIA", "Maria von Trapp"),
        ("ORTEGA Y GASSET, JOSE", "Jose Ortega y Gasset"),
        ("LOPEZ, MARIA DE LOS ANGELES", "Maria de los Angeles Lopez"),
        ("LA ROSA, MARIO", "Mario La Rosa"),
        ("LA TOYA JACKSON", "La Toya Jackson"),
        ("LE, ANH", "Anh Le"),
        ("DO, THI", "Thi Do"),
        ("VAN, KIM", "Kim Van"),
        ("JOHN Y SMITH", "John Y Smith"),
    ],
)
def test_small_words_are_small_where_they_join_a_surname(text: str, said: str) -> None:
    assert str(read_name(text)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SMITH JR, JOHN", "John Smith Jr"),
        ("SMITH, JR, JOHN", "John Smith Jr"),
        ("SMITH, JOHN, JR.", "John Smith Jr"),
        ("SMITH, JOHN JR", "John Smith Jr"),
        ("JOHN SMITH III", "John Smith III"),
        ("JOHN SMITH 3RD", "John Smith 3rd"),
        ("JOHN SMITH, MD", "John Smith, MD"),
        ("JOHN SMITH MD", "John Smith, MD"),
        ("SMITH, JOHN, PHD", "John Smith, PhD"),
        ("SMITH JR, JOHN, M.D.", "John Smith Jr, MD"),
        ("SMITH, JOHN, DO", "John Smith, DO"),
        ("NGUYEN, DO", "Do Nguyen"),
        ("NGUYEN, VI", "Vi Nguyen"),
        ("SMITH, DR JOHN", "Dr John Smith"),
        ("Dr. ana lopez", "Dr. Ana Lopez"),
        ("DR SMITH", "Dr Smith"),
    ],
)
def test_titles_suffixes_and_degrees_find_their_places(text: str, said: str) -> None:
    assert str(read_name(text)) == said


@pytest.mark.parametrize(
    "text",
    ["DeShawn LaToya Jones", "Ludwig van Beethoven", "Dick Van Dyke", "Leonardo di Piero", "Maria De La Cruz"],
)
def test_a_name_in_mixed_case_is_left_as_it_was_typed(text: str) -> None:
    assert str(read_name(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GARCÍA MÁRQUEZ, JOSÉ MARÍA", "José María García Márquez"),
        ("ÑANDÚ, ÉLODIE", "Élodie Ñandú"),
        ("NANDU\u0301, JOSE\u0301", "José Nandú"),
        ("STRAßE, HANS", "Hans Straße"),
        ("İSMAİL, AYŞE", "Ayşe İsmail"),
        ("ΠΑΠΑΔΟΠΟΥΛΟΣ, ΝΙΚΟΣ", "Νικος Παπαδοπουλος"),
        ("ИВАНОВА, АННА", "Анна Иванова"),
        ("李小龍", "李小龍"),
    ],
)
def test_letters_of_every_script_are_cased_by_their_own_rules(text: str, said: str) -> None:
    assert str(read_name(text)) == said


def test_a_name_is_read_into_its_parts() -> None:
    assert read_name("DE LA CRUZ JR, DR ANA MARIA, MD") == PersonName(
        titles=("Dr",), given=("Ana", "Maria"), surname=("de", "la", "Cruz"), suffixes=("Jr",), degrees=("MD",)
    )


@pytest.mark.parametrize(
    ("text", "cased"),
    [
        ("WOMEN'S HEALTH", "Women's Health"),
        ("mcdonald's", "McDonald's"),
        ("12TH and 3RD", "12th And 3rd"),
        ("eLab iPhone", "eLab iPhone"),
        ("JAMES' PLACE", "James' Place"),
        ("suite 12b", "Suite 12b"),
    ],
)
def test_words_get_capitals(text: str, cased: str) -> None:
    assert capitalise(text) == cased


@given(st.text())
def test_any_text_is_a_name_that_is_already_in_order(text: str) -> None:
    name = read_name(text)
    assert all(word == word.strip() and word for part in (name.given, name.surname) for word in part)
    said = str(name)
    assert said == " ".join(said.split())


@given(st.lists(st.text(st.characters(categories=["Ll"], max_codepoint=0x17F), min_size=3), min_size=2, max_size=3))
def test_no_letter_of_a_name_is_lost(words: list[str]) -> None:
    given_name, *surname = words
    said = str(read_name(f"{' '.join(surname).upper()}, {given_name.upper()}"))
    spoken = [word.upper().rstrip(".") for word in said.replace(",", "").split()]
    assert sorted(spoken) == sorted(word.upper() for word in [given_name, *surname])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("AL-HASSAN, OMAR", "Omar Al-Hassan"),
        ("MACK, JOHN", "John Mack"),
        ("MACY, ANN", "Ann Macy"),
        ("MACLEOD, IAN", "Ian MacLeod"),
        ("KING, MARTIN LUTHER, JR, MD", "Martin Luther King Jr, MD"),
        ("LEE, MD, JOHN", "John Lee, MD"),
        ("DOE, JANE, RN, PHD", "Jane Doe, RN, PhD"),
        ("SMITH, J A", "J A Smith"),
        ("LEE, J. R.", "J. R. Lee"),
        ("MR. & MRS. SMITH", "Mr. & Mrs. Smith"),
        ("محمد علي", "محمد علي"),
    ],
)
def test_names_of_many_origins_and_commas(text: str, said: str) -> None:
    assert str(read_name(text)) == said


NAME_WORDS = st.sampled_from(
    ["MCDONALD", "macdonald", "MACK", "O'BRIEN", "d'angelo", "DE", "LA", "CRUZ", "van", "DER", "BERG", "AL-HASSAN",
     "JR", "III", "MD", "DR.", "J", "Y", "Ana", "DeShawn", "ÑANDÚ", "王小明", "SMITH-JONES", ",", ",", "DO", "St."]
)  # fmt: skip


@given(st.lists(NAME_WORDS, max_size=7).map(" ".join))
def test_no_letter_is_lost_or_added_whatever_the_name_is_made_of(text: str) -> None:
    def letters(name: str) -> list[str]:
        return sorted(char for char in name.casefold() if char.isalnum())

    assert letters(str(read_name(text))) == letters(text)


SURNAMES = st.sampled_from(["MCDONALD", "macy", "O'BRIEN", "DE LA CRUZ", "SMITH-JONES", "ÑANDÚ", "VAN DER BERG"])
GIVEN_NAMES = st.sampled_from(["ANN", "john", "J.", "D'ARCY", "DeShawn", "MARY-KATE ANN"])


@given(SURNAMES, GIVEN_NAMES, st.sampled_from(["", ", JR", ", MD", " III"]))
def test_a_name_that_was_put_in_order_stays_as_it_is(surname: str, given_name: str, behind: str) -> None:
    once = str(read_name(f"{surname}, {given_name}{behind}"))
    assert str(read_name(once)) == once


@given(st.text())
def test_a_name_that_was_read_before_reads_the_same(text: str) -> None:
    first = read_name(text)
    assert read_name(text) == first
    assert read_name(text + " " * 101) == first
