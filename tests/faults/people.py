"""Those who ping and read, and the author: each tries again when an answer is missing, as people do."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.faults.world import MINUTE, World
from tests.stack.aws import sent_mails
from tests.support import receivers
from tests.support.admin_client import NOTICE, ORIGIN, QUEUE, SESSION, SIGN_IN, Visitor, one
from tests.support.events import FORM, http_event
from trackback.model.ping import Ping, Status
from trackback.paths import SEND
from trackback.signing import write_session
from trackback.storage.signing_keys import Keys

POST = "/2026/hello/"
PATIENCE = 5


@dataclass
class Author(Visitor):
    """A browser whose requests meet the world's faults."""

    world: World | None = None

    def _ask(self, event: dict[str, Any]) -> dict[str, Any]:
        assert self.world
        answer = self.world.request("moderate", event)
        for line in answer.get("cookies", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer


class People:
    """The people of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        host = world.web.url.rpartition(":")[2]
        self.blog, self.other = f"blog.example:{host}", f"http://other.example:{host}"
        world.web.pages = {
            POST: "<html lang=en><title>Hello</title><p>A post.",
            "/re": receivers.post(f"http://{self.blog}{POST}", title="A reply"),
            "/2026/mine/": receivers.post(f"{self.other}/p/theirs", title="Mine"),
        }
        self._keys = Keys("/trackback/trackback/signing-key")

    def author(self) -> Author:
        """Return an author who is signed in."""
        now = self.world.clock.now
        return Author({SESSION: write_session(self._keys.load(now), "session", now)}, self.world)

    def ping(self, title: str) -> None:
        """Send a ping until it is taken."""
        form = {"url": f"{self.other}/re", "title": title, "excerpt": "Some words", "blog_name": "Other"}
        body = urlencode(form).encode()
        for _ in range(PATIENCE):
            event = http_event(
                "POST", f"/trackback/{self.blog}{POST}", headers={"content-type": FORM}, body=body
            )
            answer = self.world.request("receive", event)
            if "<error>0</error>" in answer["body"]:
                self.world.answered.add(title)
                return
            self.world.go_on()
        raise AssertionError(f"{title} was never taken: {answer}")

    def only_ping(self) -> Ping:
        """Return the one ping that there is."""
        (ping,) = self.world.pings()
        return ping

    def press(self, act: str, title: str, status: Status) -> None:
        """Press a button about a ping until the page shows what was asked for."""
        author = self.author()
        for _ in range(PATIENCE):
            ping = self.only_ping()
            if ping.status is status and ping.texts.title == title and not (act == "take" and ping.revision):
                return
            self.world.approvable |= {title} if status is Status.APPROVED else set()
            form = {"act": "undo", "ping": f"{ping.id}:{ping.status}:"} if act == "undo" else one(act, ping)
            author.post(f"{QUEUE}/decide", form)
            author.cookies.pop(NOTICE, None)
            self.world.go_on()
        raise AssertionError(f"{act} never came about: {ping}")

    def send_post(self) -> None:
        """Have a post's pings sent, and press the button again if the page does not say that they are."""
        author = self.author()
        form = {"url": f"http://{self.blog}/2026/mine/", "do": "send"}
        for _ in range(PATIENCE):
            if author.post(SEND, form)["statusCode"] == 303:
                return
            self.world.go_on()
        raise AssertionError("the pings were never ordered")

    def sign_in(self) -> None:
        """Ask for a link and follow it; ask again where that does not lead in."""
        stranger = Author({}, self.world)
        for _ in range(PATIENCE):
            stranger.post(SIGN_IN)
            texts = [str(mail.get_body(("plain",)).get_content()) for mail in sent_mails()]  # type: ignore[union-attr]
            found = [re.search(rf"{ORIGIN}(/moderate/sign-in/\S+)", text) for text in texts]
            if found and found[-1]:
                stranger.post(found[-1][1])
            if SESSION in stranger.cookies:
                return
            self.world.go_on(10 * MINUTE)
        raise AssertionError("the author never got in")

    def sign_out(self) -> None:
        """Sign out until no copy of the cookie opens a page."""
        author, copied = self.author(), self.author()
        for _ in range(PATIENCE):
            author.post(f"{QUEUE}/sign-out")
            if copied.get(QUEUE)["statusCode"] == 303:
                return
            self.world.go_on()
        raise AssertionError("a copied cookie still opens the author's pages")

    def unsubscribe(self) -> None:
        """Post to the unsubscribe link of the last email until that is done."""
        link = str(sent_mails()[-1]["List-Unsubscribe"]).removeprefix(f"<{ORIGIN}").rstrip(">")
        for _ in range(PATIENCE):
            if Author({}, self.world).post(link)["statusCode"] == 200:
                return
            self.world.go_on()
        raise AssertionError("the emails were never turned off")

    def read(self) -> tuple[list[str], int]:
        """Return the titles that readers see, and the count that they are told."""
        path = f"{self.blog}{POST}"
        page = self._json(f"/pings/{path}")
        counts = self._json("/counts", urlencode({"post": path}))
        return [each["title"] for each in page["pings"]], counts["counts"][path]

    def _json(self, path: str, query: str = "") -> dict[str, Any]:
        for _ in range(PATIENCE):
            answer = self.world.request("serve", http_event("GET", path, query=query))
            if answer["statusCode"] == 200:
                found: dict[str, Any] = json.loads(answer["body"])
                return found
            self.world.go_on()
        raise AssertionError(f"{path} was never answered: {answer}")
