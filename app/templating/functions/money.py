"""Functions of amounts."""

from typing import Annotated

from app.templating.amounts import CURRENCIES, STYLES, read_amount, write_amount
from app.templating.errors import RenderFailed, TemplatingError
from app.templating.functions.registry import message_function, one_of

Currency = Annotated[str, one_of(*CURRENCIES)]
Style = Annotated[str, one_of(*STYLES)]


@message_function
def money(text: str, currency: Currency = "USD", style: Style = "us") -> str:
    """Writes an amount of money with its sign and all its digits.

    `currency` is `USD`, `CAD`, `AUD`, `MXN`, `EUR`, `GBP` or `JPY`. `style` is `us` (`1,234.50`) or `eu` (`1.234,50`).
    Half a cent is rounded away from zero. An amount such as `1.234` is not read, because it means one thing here and a
    thousand times it elsewhere.

    Examples:
        {{ "1234.5" | money }} => $1,234.50
        {{ "$ 40" | money }} => $40.00
        {{ "(12.50)" | money }} => -$12.50
        {{ "1.234,50" | money: "EUR", style: "eu" }} => 1.234,50 €
        {{ "waived" | money }} => [amount_unreadable]
    """
    if not text.strip():
        return ""
    amount = read_amount(text)
    if amount is None:
        raise RenderFailed(TemplatingError.AMOUNT_UNREADABLE)
    return write_amount(amount, currency, style)
