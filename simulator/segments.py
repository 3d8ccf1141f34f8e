"""SMS segments, as Twilio counts them in `num_segments`."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


def segments(body: str) -> int:
    """How many SMS carry `body`: 160 or 153 septets each, or 70 or 67 UTF-16 units when one character needs it."""
    if not body:
        return 1
    if _BASIC.issuperset(body):
        return _split(len(body), 160, 153)
    if (_BASIC | _EXTENDED).issuperset(body):
        return _septet_segments(body)
    return _split(len(body.encode("utf-16-le")) // 2, 70, 67)


def _split(length: int, alone: int, joined: int) -> int:
    return 1 if length <= alone else -(-length // joined)


def _septet_segments(body: str) -> int:
    costs = [2 if character in _EXTENDED else 1 for character in body]
    if sum(costs) <= 160:
        return 1
    count, room = 1, 153
    for cost in costs:
        if cost > room:  # an escaped character never straddles two parts
            count, room = count + 1, 153
        room -= cost
    return count
