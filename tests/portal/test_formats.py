import pytest

from app.portal import formats


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 kB"), (256 * 1024**2, "256 MB"), (3 * 1024**5, "3072 TB")],
)
def test_sizes_are_short(number: int, said: str) -> None:
    assert formats.size(number) == said


@pytest.mark.parametrize(("seconds", "said"), [(12.4, "12 s"), (90, "2 min"), (7200, "2 h")])
def test_durations_are_in_their_largest_unit(seconds: float, said: str) -> None:
    assert formats.duration(seconds) == said


@pytest.mark.parametrize(
    ("part", "said"), [(0, "0%"), (0.001, "<1%"), (0.014, "1%"), (0.5, "50%"), (0.9999, "99%"), (1, "100%")]
)
def test_only_the_whole_is_all_and_only_nothing_is_none(part: float, said: str) -> None:
    assert formats.share(part) == said


@pytest.mark.parametrize(
    ("code", "said"), [("opted_out", "Opted out"), ("sms", "SMS"), ("reschedule", "Reschedule requested")]
)
def test_codes_are_read_as_words(code: str, said: str) -> None:
    assert formats.words(code) == said


def test_encodings_are_called_what_people_call_them() -> None:
    assert [formats.encoding(codec) for codec in ("utf-8-sig", "cp1252", "utf-16")] == [
        "UTF-8",
        "Windows-1252",
        "UTF-16",
    ]
