"""People who get a mail: some open it, and some follow its confirm, cancel or reschedule link."""

from collections.abc import Callable
from urllib.parse import urlencode, urljoin

from simulator.callbacks import Callback, RetryRule
from simulator.carrier import Carrier
from simulator.entries import Mail
from simulator.people.understanding import FormFinder, anchors, links

ONCE = RetryRule(retries=0, on=frozenset())
BROWSER = {"User-Agent": "Mozilla/5.0 (a person)", "Accept": "text/html"}
Event = Callable[[Carrier, Mail, str, dict[str, object]], None]


def read(carrier: Carrier, mail: Mail, event: Event) -> None:
    """Decides what the person who got `mail` does. `event` tells the application of an open or a click."""
    seed, shares = carrier.config.seed, carrier.shares
    occasion = (mail.to, str(len(carrier.books.mailboxes[mail.to])))
    link = _link_to_follow(carrier, mail, occasion)
    if link or shares.happens(shares.opens, seed, "opens", *occasion):
        carrier.pace.later(1.0, 10.0, event, carrier, mail, "open", {})
    if link:
        carrier.pace.later(shares.reply_after + 10.0, shares.reply_within + 10.0, _follow, carrier, mail, link, event)


def _link_to_follow(carrier: Carrier, mail: Mail, occasion: tuple[str, ...]) -> str | None:
    shares, seed = carrier.shares, carrier.config.seed
    if not shares.happens(shares.follows_links, seed, "follows", *occasion):
        return None
    found = links(mail.text or anchors(mail.html))
    if not found:
        return None
    intent = shares.intent(seed, *occasion)
    carrier.books.replies[intent] += 1
    return found.get(intent)


def _follow(carrier: Carrier, mail: Mail, link: str, event: Event) -> None:
    event(carrier, mail, "click", {"url": link})
    carrier.busy(_visit(carrier, link))


async def _visit(carrier: Carrier, link: str) -> None:
    """Opens the page and, where it has a form, presses its button."""
    page = await carrier.callbacks.ask(Callback(link, b"", BROWSER, ONCE, method="GET", follow=True))
    if page.failure:
        return
    form = FormFinder()
    form.feed(page.body.decode(errors="replace"))
    if form.action is None:
        return
    await carrier.pace.sleep(0.5, 2.0)
    headers = {**BROWSER, "Content-Type": "application/x-www-form-urlencoded", "Cookie": page.cookies}
    body = urlencode(form.values).encode()
    await carrier.callbacks.ask(Callback(urljoin(link, form.action), body, headers, ONCE, follow=True))
