"""Functions of amounts."""

from typing import Annotated

from app.templating.amounts import CURRENCIES, STYLES, is_style, read_amount, write_amount
from app.templating.errors import RenderFailed, TemplatingError
from app.templating.functions.registry import Accepts, message_function, one_of
from app.templating.languages import SPOKEN

Currency = Annotated[str, one_of(*CURRENCIES)]
Style = Annotated[str, Accepts(is_style, (*STYLES, *SPOKEN))]


@message_function
def money(text: str, currency: Currency = "USD", style: Style = "us") -> str:
    """Writes an amount of money with its sign and all its digits.

    `currency` is `USD`, `CAD`, `AUD`, `MXN`, `EUR`, `GBP` or `JPY`. `style` is `us` (`1,234.50`), `eu` (`1.234,50`) or
    a language, which has a way of its own. Half a cent is rounded away from zero. An amount such as `1.234` is not
    read, because it means one thing here and a thousand times it elsewhere.

    Examples:
        {{ "1234.5" | money }} => $1,234.50
        {{ "$ 40" | money }} => $40.00
        {{ "(12.50)" | money }} => -$12.50
        {{ "1.234,50" | money: "EUR", style: "eu" }} => 1.234,50 €
        {{ "1234.5" | money: "EUR", "fr" }} => 1 234,50 €
        {{ "1234.5" | money: "USD", "vi" }} => 1.234,50 US$
        {{ "waived" | money }} => [amount_unreadable]
    """
    if not text.strip():
        return ""
    amount = read_amount(text)
    if amount is None:
        raise RenderFailed(TemplatingError.AMOUNT_UNREADABLE)
    return write_amount(amount, currency, style)
