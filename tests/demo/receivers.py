"""Pages that take pings and answer in every way that software in the field has been seen to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.wrappers import Request, Response

from trackback.protocols.trackback.rdf import block

PATH = "/receivers/"

_DIED = (  # how WordPress ends a request
    '<?xml version="1.0" encoding="UTF-8"?>\n<error><code>wp_die</code><title><![CDATA[Error]]></title>'
    "<message><![CDATA[You are posting too quickly.]]></message><data><status>429</status></data></error>"
)
_FATAL = "<br />\n<b>Fatal error</b>: Call to undefined function mysql_connect() in <b>tb.php</b><br />"


def _document(error: int | str, words: str = "") -> str:
    told = f"<message>{words}</message>\n" if words else ""
    return f'<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>{error}</error>\n{told}</response>\n'


@dataclass(frozen=True, slots=True)
class Receiver:
    """A page with a ping URL: the last part of its path, what is said of it, and how it answers a ping."""

    name: str
    words: str
    body: str = _document(0)
    status: int = 200
    kind: str = "text/xml"
    charset: str = "utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Path of its page; that of its ping URL is the same and `ping`."""
        return f"{PATH}{self.name}/"

    def answer(self) -> Response:
        """Return what it answers to a ping."""
        body = self.body.encode(self.charset)
        content_type = f"{self.kind}; charset={self.charset}"
        return Response(body, self.status, dict(self.headers), content_type=content_type)


CLOSED = Receiver("closed", "is closed", _document(1, "Sorry, trackbacks are closed for this item."))
_TOMORROW, _HOME, _ANEW = {"Retry-After": "86400"}, {"Location": "/"}, {"Location": f"{PATH}late/ping"}
RECEIVERS = (
    Receiver("late", "says yes after three empty lines, as HTML", "\n\n\n" + _document(0), kind="text/html"),
    Receiver("lost", "says yes, and that nothing was found", status=404),
    Receiver("again", "knows your letter already", _document(1, "There is already a ping from that URL.")),
    Receiver("full", "wants to be asked tomorrow", _DIED, 429, headers=_TOMORROW),
    Receiver("wordy", "puts words where a number belongs", _document("The source does not mention us")),
    Receiver("mute", "says nothing", "", kind="text/html"),
    Receiver("broken", "falls over", "<h1>Internal Server Error</h1>", 500, "text/html"),
    Receiver("veto", "says yes, and that it is forbidden", status=403),
    Receiver("elsewhere", "shows you its front page instead", "", 302, headers=_HOME),
    Receiver("moved", "has moved, and takes it at its new house", "", 308, headers=_ANEW),
    Receiver("kanji", "answers in Shift_JIS", _document(1, "受け付けていません"), charset="shift_jis"),
    Receiver("fatal", "shows its own source", _FATAL, kind="text/html"),
)
"""In this order no three that ask for patience follow each other, after which a site is left alone."""

_PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><h1>{title}</h1>{markup}"


def answer(request: Request, origin: str) -> Response | None:
    """Return what the receiver that a request is for answers, None if there is none."""
    for number, receiver in enumerate((CLOSED, *RECEIVERS)):
        if request.path.startswith(receiver.path):
            return receiver.answer() if request.method == "POST" else _page(origin, receiver, number)
    return None


def _page(origin: str, receiver: Receiver, number: int) -> Response:
    """Return a receiver's page, which names its ping URL in one of three ways."""
    url, title = origin + receiver.path, f"This one {receiver.words}"
    markup = (
        '<link rel="trackback" href="ping">',
        block(ping_url=f"{url}ping", post_url=url, title=title),
        '<p><a rel="nofollow trackback" href="ping">TrackBack URL</a></p>',
    )[number % 3]
    return Response(_PAGE.format(title=title, markup=markup), content_type="text/html; charset=utf-8")
