"""What can be text in the database: PostgreSQL keeps neither NUL nor half of a surrogate pair."""

from collections.abc import Iterable, Mapping


def is_plain(value: object) -> bool:
    """True when every text in `value` (JSON-like: texts, lists, mappings) can be kept.

    False also for what is nested too deeply to be looked through.
    """
    try:
        return _is_plain(value)
    except RecursionError:
        return False


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value and has_no_lone_surrogate(value)
    if isinstance(value, Mapping):
        return all(_is_plain(key) and _is_plain(each) for key, each in value.items())
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray):
        return all(map(_is_plain, value))
    return True


def has_no_lone_surrogate(text: str) -> bool:
    """False for text with half of a surrogate pair in it, which UTF-8 cannot write."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
