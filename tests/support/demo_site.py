"""A published blog and the API that takes its pings, on loopback, for tests of the doctor."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.stack.environment import Environments
from tests.stack.gateway import Gateway
from tests.stack.servers import serving
from tests.support import template
from tests.support.websites import Answer, page, website
from trackback.cli.doctor.discovery_check import Post
from trackback.protocols.trackback.rdf import block

PATH = "/2026/hello/"


@dataclass
class Published:
    """A blog with pages by path, and the deployed handlers that serve it.

    `before` and `after` are called for each ping that the API takes: before it is stored, and after it is
    stored
    but before it is answered.
    """

    blog: str
    pages: dict[str, Answer]
    api: str = ""
    before: Callable[[], object] = field(default=lambda: None)
    after: Callable[[], object] = field(default=lambda: None)

    @property
    def url(self) -> str:
        """The address of the post."""
        return self.blog + PATH

    def post(self, path: str = PATH) -> Post:
        """Return a post of the blog."""
        return Post(self.blog + path, self.api)

    def publish(self, body: str | None = None, **headers: str) -> None:
        """Publish the post, with complete markup by default."""
        self.pages[PATH] = page(self.markup() if body is None else body, **headers)

    def markup(self) -> str:
        """Return a page with complete markup."""
        post = self.post()
        listed = f"{self.api}/pings/{post.name}"
        return (
            f'<!doctype html><html><head><title>Hello</title><link rel="canonical" href="{self.url}">'
            f'<link rel="trackback" href="{post.ping_url}">'
            f"{block(ping_url=post.ping_url, post_url=post.url, title='Hello')}</head><body><p>A post."
            f'<script type="module" src="{self.api}/embed.js"></script>'
            f'<trackback-list post="{post.name}" ping-url><a href="{listed}">TrackBacks</a></trackback-list>'
        )

    def clear(self) -> None:
        """Publish only the post with complete markup."""
        self.before = self.after = lambda: None
        self.pages.clear()
        self.publish()


@contextmanager
def published() -> Iterator[Published]:
    """Run a blog and its API, each on a free port."""
    with ExitStack() as stack:
        pages: dict[str, Answer] = {}
        blog = stack.enter_context(website(pages))
        here = Published(blog.url, pages)
        deployed = template.load(Sites=blog.url)
        gateway = Gateway(deployed)

        def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
            is_ping = environ["REQUEST_METHOD"] == "POST"
            if is_ping:
                here.before()
            answered = gateway(environ, start_response)
            if is_ping:
                here.after()
            return answered

        here.api = f"http://127.0.0.1:{stack.enter_context(serving(answer)).port}"
        for function in deployed.functions():
            if function.name in {"receive", "serve"}:
                gateway.functions.append(Environments(function, {"API_URL": here.api}))
                stack.callback(gateway.functions[-1].close)
        yield here
