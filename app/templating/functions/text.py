"""Functions of plain text."""

from app.templating import sms
from app.templating.casing import capitalise
from app.templating.errors import RenderFailed, TemplatingError
from app.templating.functions.registry import message_function
from app.templating.limits import VALUE_LIMIT


@message_function
def trim(text: str) -> str:
    """Takes away white space at both ends.

    Examples:
        {{ "  Dr. Lee " | trim }} => Dr. Lee
    """
    return text.strip()


@message_function
def squeeze(text: str) -> str:
    """Makes every run of white space, line breaks too, one space, and takes it away at both ends.

    Examples:
        {{ " 12   Main    St " | squeeze }} => 12 Main St
    """
    return " ".join(text.split())


@message_function
def upper(text: str) -> str:
    """Writes everything in capitals.

    Examples:
        {{ "confirm" | upper }} => CONFIRM
        {{ "mañana" | upper }} => MAÑANA
    """
    return text.upper()


@message_function
def lower(text: str) -> str:
    """Writes everything in small letters.

    Examples:
        {{ "ANNUAL EXAM" | lower }} => annual exam
    """
    return text.lower()


@message_function
def title(text: str) -> str:
    """Starts every word with a capital.

    Words that are written in capitals and small letters mixed are left as they are.

    Examples:
        {{ "WOMEN'S HEALTH CENTER" | title }} => Women's Health Center
        {{ "12TH street eLab" | title }} => 12th Street eLab
    """
    return capitalise(text)


@message_function
def plain(text: str) -> str:
    """Writes characters that make a text message longer in a plainer way, where there is one.

    One character outside the alphabet of text messages leaves the whole message less than half its room. Curly quotes
    become straight, dashes hyphens, letters lose the accents that the alphabet lacks (`í`, not `é`). Emoji and other
    scripts stay as they are.

    Examples:
        {{ "Núñez – sábado" | plain }} => Nuñez - sabado
        {{ "“Café”…" | plain }} => "Café"...
    """
    return sms.plain(text)


@message_function
def digits(text: str) -> str:
    """Keeps the digits and drops everything else.

    Digits of other scripts become 0 to 9.

    Examples:
        {{ "Acct. 00-1234/5" | digits }} => 0012345
    """
    return "".join(str(int(char)) for char in text if char.isdecimal())


@message_function
def truncate_words(text: str, words: int, end: str = "...") -> str:
    """Keeps the first words, and says by `end` that more were there.

    White space between the words that are kept becomes one space. Nothing happens to a text that is short enough.

    Examples:
        {{ "Bring your card, photo ID and a list of medicines" | truncate_words: 3 }} => Bring your card,...
        {{ "Bring your card and photo ID" | truncate_words: 3, end: "" }} => Bring your card
        {{ "Bring your card" | truncate_words: 3 }} => Bring your card
    """
    found = text.split(maxsplit=max(words, 0))
    if len(found) <= words:
        return text
    return " ".join(found[: max(words, 0)]) + end


@message_function
def mask(text: str, keep: int = 4, sign: str = "*") -> str:
    """Hides letters and digits but the last ones.

    Everything else stays, so that the shape is still to be seen. `sign` stands for each that is hidden.

    Examples:
        {{ "555-867-5309" | mask }} => ***-***-5309
        {{ "AB12345" | mask: 2, "x" }} => xxxxx45
    """
    shown = sum(map(str.isalnum, text)) - max(keep, 0)
    if len(sign) * shown > VALUE_LIMIT:
        raise RenderFailed(TemplatingError.VALUE_TOO_LONG)
    masked = []
    for char in text:
        hidden = char.isalnum() and shown > 0
        masked.append(sign if hidden else char)
        shown -= char.isalnum()
    return "".join(masked)


@message_function
def replace(text: str, old: str, new: str = "") -> str:
    """Puts `new` in the place of every `old`; without a `new` takes `old` out.

    Upper and lower case matter.

    Examples:
        {{ "OFFICE VISIT-30MIN" | replace: "-30MIN" }} => OFFICE VISIT
        {{ "N. Main St" | replace: "N.", "North" }} => North Main St
    """
    if not old:
        return text
    if len(text) + text.count(old) * (len(new) - len(old)) > VALUE_LIMIT:
        raise RenderFailed(TemplatingError.VALUE_TOO_LONG)
    return text.replace(old, new)


@message_function
def prefix(text: str, before: str) -> str:
    """Puts `before` in front of the text, unless the text is blank.

    Examples:
        {{ "Dr. Lee" | prefix: "with " }} => with Dr. Lee
        {{ "" | prefix: "with " }} =>
    """
    return before + text if text.strip() else text


@message_function
def suffix(text: str, after: str) -> str:
    """Puts `after` behind the text, unless the text is blank.

    Examples:
        {{ "Suite 4" | suffix: ", " }}12 Main St => Suite 4, 12 Main St
        {{ "" | suffix: ", " }}12 Main St => 12 Main St
    """
    return text + after if text.strip() else text
