"""The router of the author's pages. Each kind of route has a class of requests; its constructor is the guard.

A page gets an `AuthorVisit`, which only exists with a session. A form gets a `PostedForm`, which only exists
with a session, its token and our own origin. What anyone may do is registered under the name `public`, and
has no author at hand.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Concatenate, TypeVar

from aws_lambda_powertools.event_handler.api_gateway import Router

from trackback.gateway import Request
from trackback.pages.admin.responses import Reply, flash_page, page
from trackback.pages.admin.services import Services
from trackback.pages.admin.session import read_posted_form, refuse_foreign, require_author

_READ, _POST = ("GET", "HEAD"), ("POST",)


class Visit:
    """A request from anyone."""

    def __init__(self, services: Services, request: Request, now: datetime) -> None:
        self.services = services
        self.request = request
        self.now = now

    def show(self, template: str, status: int = 200, **values: Any) -> Reply:
        """Return a page without navigation."""
        return page(self.services.pages, template, status, **values)


class PublicForm(Visit):
    """A form that anyone posted from one of these pages; otherwise raises `ForeignForm`."""

    def __init__(self, services: Services, request: Request, now: datetime) -> None:
        refuse_foreign(request)
        super().__init__(services, request, now)


class AuthorVisit(Visit):
    """A request from the signed-in author; otherwise raises `SignInNeeded`."""

    def __init__(self, services: Services, request: Request, now: datetime) -> None:
        self.author = require_author(services.sign_ins, request, now)
        super().__init__(services, request, now)

    def show_own(self, template: str, section: str, values: Mapping[str, Any], status: int = 200) -> Reply:
        """Return one of the author's pages, with navigation and the pending flash message."""
        pages, author = self.services.pages, self.author
        return flash_page(pages, self.request, template, status, author=author, section=section, **values)


class PostedForm(AuthorVisit):
    """A form that the author posted from one of these pages.

    Otherwise raises as `refuse_foreign`, `require_author` and `read_posted_form` do.
    """

    def __init__(self, services: Services, request: Request, now: datetime) -> None:
        refuse_foreign(request)
        super().__init__(services, request, now)
        self.fields = read_posted_form(services.sign_ins, self.author, request, now)


V = TypeVar("V", bound=Visit)


class AdminRouter(Router):
    """Registers routes with their guards, and knows which methods each path takes."""

    def __init__(self, services: Services) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._services = services
        self._methods: dict[str, set[str]] = {}

    def page(self, path: str, answer: Callable[Concatenate[AuthorVisit, ...], Reply]) -> None:
        """Show a page to the author."""
        self._register(path, _READ, AuthorVisit, answer)

    def form(self, path: str, answer: Callable[Concatenate[PostedForm, ...], Reply]) -> None:
        """Take a form from the author."""
        self._register(path, _POST, PostedForm, answer)

    def public_page(self, path: str, answer: Callable[Concatenate[Visit, ...], Reply]) -> None:
        """Show a page to anyone."""
        self._register(path, _READ, Visit, answer)

    def public_form(self, path: str, answer: Callable[Concatenate[PublicForm, ...], Reply]) -> None:
        """Take a form from anyone."""
        self._register(path, _POST, PublicForm, answer)

    def public_link(self, path: str, answer: Callable[Concatenate[Visit, ...], Reply]) -> None:
        """Take a POST from anywhere, as mail programs send it (RFC 8058). The link must prove itself."""
        self._register(path, _POST, Visit, answer)

    def visit(self) -> Visit:
        """Return the request that is being answered, without any guard."""
        return self._visit(Visit)

    def methods(self, path: str) -> set[str]:
        """Return the methods that a request's path takes."""
        taken = (methods for pattern, methods in self._methods.items() if re.fullmatch(pattern, path))
        return set().union(*taken)

    def _register(
        self,
        path: str,
        methods: Sequence[str],
        kind: type[V],
        answer: Callable[Concatenate[V, ...], Reply],
    ) -> None:
        def guarded(**parameters: str) -> Reply:
            return answer(self._visit(kind), **parameters)

        self._methods.setdefault(re.sub("<[a-z_]+>", "[^/]+", path), set()).update(methods)
        self.route(path, method=list(methods), compress=True)(guarded)

    def _visit(self, kind: type[V]) -> V:
        return kind(self._services, Request(self.current_event.raw_event), datetime.now(UTC))
