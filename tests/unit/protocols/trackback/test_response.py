"""What a receiver's answer means: each row is an answer that was seen."""

import pytest

from tests.unit.protocols.trackback.answers import (
    ACCEPTED,
    DUPLICATE,
    LATER,
    REFUSED,
    UNCLEAR,
    document,
    read,
)
from trackback.protocols.outcome import Outcome
from trackback.protocols.trackback import xml as answer

DIE = (  # how WordPress dies in answering a ping
    '<?xml version="1.0" encoding="UTF-8"?>\n<error><code>wp_die</code><title><![CDATA[Oops]]></title>'
    "<message><![CDATA[{}]]></message><data><status>{}</status></data></error>"
)
TYPECHO = "<response><success>{}</success><message>{}</message></response>"
HTML = "<!DOCTYPE html><html><head><title>{}</title></head><body><p>x</p></body></html>"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(answer.success(), 200, id="our own"),
        pytest.param("\n\r\n " + document(0), 200, id="blank lines before it"),
        pytest.param("\ufeff" + document(0), 200, id="a byte order mark"),
        pytest.param("<b>Warning</b>: mysql_query() in x.php\n" + document(0), 200, id="junk before it"),
        pytest.param(document(0) + "\0\0<!-- 0.2 s -->", 200, id="junk behind it"),
        pytest.param("<response><error>0</error></response>", 200, id="no declaration"),
        pytest.param("<RESPONSE><ERROR>\n 0 \n</ERROR></RESPONSE>", 200, id="upper case and blanks"),
        pytest.param("<response><error><![CDATA[0]]></error></response>", 200, id="CDATA"),
        pytest.param('<error xml:lang="en">0</error>', 200, id="an attribute"),
        pytest.param("<response><error>00</error>", 200, id="two digits, and no end"),
        pytest.param("<response><error>0", 200, id="broken off"),
        pytest.param(
            document(0, "Thank you, it is already here"), 200, id="Roller: a message with a success"
        ),
        pytest.param(document(0), 404, id="WordPress with date permalinks: 404 and stored"),
        pytest.param(document(0), 500, id="a fault after it was stored"),
        pytest.param(document(0), 302, id="a redirect after it was stored"),
        pytest.param("", 201, id="Vinculum: created"),
        pytest.param("", 202, id="Vinculum: held for moderation"),
        pytest.param(TYPECHO.format(0, "Trackback has added."), 200, id="Typecho"),
    ],
)
def test_a_ping_was_taken(body: str, status: int) -> None:
    assert read(body, status).stage is ACCEPTED


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(document(1, "Multiple posts not allowed"), 200, id="several pings of one page"),
        pytest.param(document(1, "Multiple trackbacks are not allowed."), 200, id="the same of trackbacks"),
        pytest.param(
            document(1, "We already have a ping from that URL for this post."), 200, id="WordPress, old"
        ),
        pytest.param(
            document(1, "There is already a ping from that URL for this post."), 200, id="WordPress"
        ),
        pytest.param(document(1, "The trackback has already been registered"), 200, id="Dotclear"),
        pytest.param(document(1, "Trackback is already registered"), 200, id="Zinnia"),
        pytest.param(document("The trackback is already registered."), 200, id="words for a number"),
        pytest.param(document(1, "Duplicate ping, blocked"), 200, id="a duplicate by name"),
        pytest.param(document(1, "Für diesen Beitrag gibt es bereits einen Ping"), 200, id="German"),
        pytest.param(document(1, "Le rétrolien a déjà été enregistré"), 200, id="French"),
        pytest.param(document(1, "このトラックバックは既に登録されています"), 200, id="Japanese"),
        pytest.param(document(1, "이미 등록된 트랙백입니다"), 200, id="Korean"),
        pytest.param(DIE.format("Doppelter Kommentar erkannt", 409), 409, id="WordPress, the same text"),
        pytest.param(HTML.format("Comment Submission Failure"), 409, id="the same as HTML"),
        pytest.param(document(1, "There is already a ping."), 503, id="words before the status"),
    ],
)
def test_a_ping_was_there_already(body: str, status: int) -> None:
    assert read(body, status).stage is DUPLICATE


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param(
            answer.failure("The field url is missing."),
            200,
            "it refused the ping: “The field url is missing.”",
            id="our own",
        ),
        pytest.param(
            document(1, "Sorry, trackbacks are closed for this item."),
            200,
            "it refused the ping: “Sorry, trackbacks are closed for this item.”",
            id="closed",
        ),
        pytest.param(
            document(1, "Trackbacks are already closed."),
            200,
            "it refused the ping: “Trackbacks are already closed.”",
            id="already, but no ping",
        ),
        pytest.param(
            document(1, "Trackbacks sind bereits geschlossen."),
            200,
            "it refused the ping: “Trackbacks sind bereits geschlossen.”",
            id="the same in German",
        ),
        pytest.param(
            document(1, "You have already been banned."),
            200,
            "it refused the ping: “You have already been banned.”",
            id="already banned",
        ),
        pytest.param(
            document(1, "Danger Will Robinson, trackback failed."),
            200,
            "it refused the ping: “Danger Will Robinson, trackback failed.”",
            id="Serendipity",
        ),
        pytest.param(
            document("The link is not valid"),
            200,
            "it refused the ping: “The link is not valid”",
            id="BlogEngine.NET: words for a number",
        ),
        pytest.param(document(1), 200, "it refused the ping", id="no message"),
        pytest.param(document(2), 200, "it refused the ping", id="another number"),
        pytest.param(document(-1), 200, "it refused the ping", id="a number below zero"),
        pytest.param(
            "<response><error/><message>No.</message></response>",
            200,
            "it refused the ping: “No.”",
            id="an empty error",
        ),
        pytest.param(
            document(1, "No & never <b>again</b>"),
            200,
            "it refused the ping: “No & never again”",
            id="not escaped",
        ),
        pytest.param(
            document(1, "Tom &amp; Jo&#8217;s &lt;b&gt;blog&lt;/b&gt;"),
            200,
            "it refused the ping: “Tom & Jo’s blog”",
            id="escaped",
        ),
        pytest.param(
            document(1, "<![CDATA[a < b & c]]>"), 200, "it refused the ping: “a < b & c”", id="CDATA"
        ),
        pytest.param(
            "<error>1</error><message>Broken o", 200, "it refused the ping: “Broken o”", id="broken off"
        ),
        pytest.param(document(0), 403, "it refused the ping (403 Forbidden)", id="Movable Type's veto"),
        pytest.param("", 302, "it refused the ping (302 Found)", id="WordPress: on to the post"),
        pytest.param("", 307, "it refused the ping (307 Temporary Redirect)", id="a redirect"),
        pytest.param(
            "POST request needed",
            405,
            "it refused the ping (405 Method Not Allowed): “POST request needed”",
            id="Dotclear: plain text",
        ),
        pytest.param(
            HTML.format("Page not found &#8211; already gone"),
            404,
            "it refused the ping (404 Not Found): “Page not found – already gone”",
            id="a page, by its title",
        ),
        pytest.param(
            "<h1>Blocked</h1><title>x</title>",
            403,
            "it refused the ping (403 Forbidden): “Blocked”",
            id="a page, by its heading",
        ),
        pytest.param("", 410, "it refused the ping (410 Gone)", id="gone"),
        pytest.param(
            TYPECHO.format(1, "We do not accept URLs of this kind."),
            200,
            "it refused the ping: “We do not accept URLs of this kind.”",
            id="Typecho",
        ),
        pytest.param(
            "<html><head><title>403</title><style>h1 {color: red}</style></head>"
            "<body><div class=container>Comments are closed here.</div></body></html>",
            403,
            "it refused the ping (403 Forbidden): “Comments are closed here.”",
            id="Typecho: a page that is called by its status",
        ),
        pytest.param(
            "<title>403 Forbidden</title><h1>Forbidden</h1><p>You don't have permission to access this.</p>",
            403,
            "it refused the ping (403 Forbidden): “You don't have permission to access this.”",
            id="Apache",
        ),
        pytest.param(
            "<head><title>Error</title></head><h1>Error</h1><script>track()</script><p>Bad ticket.</p>",
            400,
            "it refused the ping (400 Bad Request): “Bad ticket.”",
            id="a page that is called an error",
        ),
        pytest.param(
            HTML.format("404").replace("x", ""),
            404,
            "it refused the ping (404 Not Found): “404”",
            id="a page without any words",
        ),
    ],
)
def test_a_ping_was_refused_and_the_receiver_s_words_are_kept(body: str, status: int, words: str) -> None:
    assert read(body, status) == Outcome(REFUSED, words)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param("", 200, "it did not say whether it took the ping", id="WordPress without a title"),
        pytest.param(" \r\n", 200, "it did not say whether it took the ping", id="blank lines"),
        pytest.param("", 204, "it did not say whether it took the ping (204 No Content)", id="no content"),
        pytest.param(
            HTML.format("Duplicate pings, later"),
            200,
            "it did not say whether it took the ping: “Duplicate pings, later”",
            id="the blog's page",
        ),
        pytest.param("OK", 200, "it did not say whether it took the ping: “OK”", id="plain text"),
        pytest.param(
            "<response></response>", 200, "it did not say whether it took the ping", id="no error element"
        ),
        pytest.param(
            "<response><error></error></response>",
            200,
            "it did not say whether it took the ping",
            id="an empty error and no message",
        ),
        pytest.param(
            "<errors>0</errors>", 200, "it did not say whether it took the ping", id="another element"
        ),
        pytest.param(
            "&lt;error&gt;0&lt;/error&gt;",
            200,
            "it did not say whether it took the ping: “0”",
            id="the document as text",
        ),
        pytest.param(
            '{"error": 0}', 200, 'it did not say whether it took the ping: “{"error": 0}”', id="JSON"
        ),
        pytest.param("", 102, "it did not say whether it took the ping (102 Processing)", id="no answer"),
    ],
)
def test_an_answer_may_leave_open_what_became_of_the_ping(body: str, status: int, words: str) -> None:
    assert read(body, status) == Outcome(UNCLEAR, words)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("", 429, id="too many requests"),
        pytest.param("", 408, id="a time-out"),
        pytest.param("", 425, id="too early"),
        pytest.param("", 500, id="a fault"),
        pytest.param(HTML.format("502 Bad Gateway"), 502, id="a fault before it"),
        pytest.param("", 503, id="overload"),
        pytest.param("", 999, id="no known status"),
        pytest.param(
            DIE.format("You are posting comments too quickly. Slow down.", 429), 429, id="WordPress"
        ),
        pytest.param(HTML.format("Too quick"), 429, id="the same as HTML"),
        pytest.param(document(1, "Ping throttled."), 403, id="Movable Type's throttle"),
        pytest.param(document(1, "Please try again in a minute."), 200, id="asked for in words"),
        pytest.param(document(1), 500, id="a fault that is told"),
        pytest.param(
            document(1, "There must be at least 45 seconds between two comments."), 200, id="an interval"
        ),
        pytest.param(document(1, "Please wait 2 minutes."), 200, id="a wait"),
        pytest.param(document(1, "Only one TrackBack every 30 sec."), 200, id="a rate"),
        pytest.param(TYPECHO.format(1, "Too frequent."), 200, id="a frequency"),
        pytest.param(
            "<title>403</title><div>Wait at least 45 seconds.</div>", 403, id="an interval on a page"
        ),
    ],
)
def test_a_ping_may_be_sent_again_later(body: str, status: int) -> None:
    assert read(body, status).stage is LATER


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("At least 45 seconds between two.", 45),
        ("Wait for 2 minutes.", 120),
        ("Try again in 5 min", 300),
        ("Later.", None),
    ],
)
def test_a_wait_that_is_asked_for_in_words_is_kept(words: str, seconds: int | None) -> None:
    assert read(document(1, words), 200).retry_after == seconds
