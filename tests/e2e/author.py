"""What the author of the demo blog sees and does: the mailbox, the signed links, and a session."""

import http.client
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from lxml import html
from playwright._impl._api_structures import SetCookieParam

from tests.e2e.conftest import Running, eventually
from trackback.model.ping import Ping
from trackback.signing import Action, Keyring, MailLink, write_link

SESSION = "__Host-trackback"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    """An answer of the author's pages, redirects not followed."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    def cookie(self, name: str) -> str:
        """Return the line that sets a cookie, empty if there is none."""
        lines = self.headers.get_all("Set-Cookie", [])
        return next((line for line in lines if line.startswith(f"{name}=")), "")


@dataclass(frozen=True)
class Mail:
    """A mail in the mailbox: its subject, its HTML and its text."""

    subject: str
    html: str
    text: str


def ask(url: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
    """Get a page or, with a form, post it; `_` in a header's name stands for `-`."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if form is None:
        connection.request("GET", path, headers=named)
    else:
        connection.request("POST", path, urlencode(form), FORM | named)
    answer = connection.getresponse()
    found = Answer(answer.status, answer.headers, answer.read().decode())
    connection.close()
    return found


def mails(stack: Running) -> list[Mail]:
    """Return what is in the mailbox, newest first."""
    with urlopen(f"{stack.blog}/mailbox/all/") as answer:
        page = html.fromstring(answer.read().decode())
    return [
        Mail(
            subject=article.findtext(".//h2", ""),
            html="".join(frame.get("srcdoc", "") for frame in article.iter("iframe")),
            text="".join(map(text_of, article.iter("pre"))),
        )
        for article in page.iter("article")
    ]


def text_of(element: html.HtmlElement) -> str:
    """Return the text in an element, that of its children included."""
    return "".join(map(str, element.itertext()))


def mailed_link(stack: Running, action: str, ping: str) -> str:
    """Return the link for an action on a ping, once a mail has brought it."""
    pattern = re.compile(rf"\S+/moderate/link/{action}\.{ping}\.\S+")
    return eventually(lambda: _in_mails(stack, pattern))


def _in_mails(stack: Running, pattern: re.Pattern[str]) -> str | None:
    return next((match[0] for mail in mails(stack) if (match := pattern.search(mail.text))), None)


def signed_link(stack: Running, ping: Ping) -> str:
    """Return a link that approves a ping, as a mail would bring it."""
    value = stack.client("ssm").get_parameter(Name="/trackback/trackback/signing-key", WithDecryption=True)
    keyring = Keyring(json.loads(value["Parameter"]["Value"])["keys"][-1]["key"])
    token = write_link(keyring, MailLink(Action.APPROVE, ping.id, ping.latest_texts.hash), datetime.now(UTC))
    return f"{stack.api}/moderate/link/{token}"


def sign_in_links(stack: Running) -> list[str]:
    """Return the sign-in links in the mailbox."""
    found = (re.search(r"\S+/moderate/sign-in/\S+", mail.text) for mail in mails(stack))
    return [match[0] for match in found if match]


def new_sign_in_link(stack: Running) -> str:
    """Ask for a sign-in link, and return it."""
    stack.forget("access#")
    before = sign_in_links(stack)
    ask(f"{stack.api}/moderate/sign-in", {})  # the mail is in the mailbox when the answer comes
    (link,) = set(sign_in_links(stack)) - set(before)
    return link


def sign_in(stack: Running) -> str:
    """Sign in as the author does, and return the session's cookie, as browsers send it."""
    return ask(new_sign_in_link(stack), {}).cookie(SESSION).partition(";")[0]


def titles_shown(stack: Running) -> list[str]:
    """Return the titles that readers get of the post that starts without pings."""
    with urlopen(f"{stack.ping_url.replace('/trackback/', '/pings/')}?limit=100") as answer:
        return [ping["title"] for ping in json.load(answer)["pings"]]


def cookies(line: str) -> list[SetCookieParam]:
    """Return a cookie, as it is sent, as browsers are given it."""
    name, _, value = line.partition("=")
    return [
        {
            "name": name,
            "value": value,
            "domain": "localhost",
            "path": "/",
            "secure": True,
            "httpOnly": True,
            "sameSite": "Strict",
        }
    ]


def csrf(page: str) -> str:
    """Return the CSRF token of a page's forms."""
    fields = html.fromstring(page).iter("input")
    return next(str(field.get("value")) for field in fields if field.get("name") == "csrf")
