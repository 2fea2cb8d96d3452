"""A mail as it goes out: nobody's words become a header, and every mail program can read it."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from trackback.notifications.mail import MAX_SUBJECT, Envelope, compose, one_line

AUTHOR = "author@blog.example"
ENVELOPE = Envelope(AUTHOR, AUTHOR, "events")
STOP = "https://abcdefghij.execute-api.us-east-1.amazonaws.com/moderate/link/" + "mute.awY2Bw-_" * 12


def sent(subject: str = "Hello", text: str = "Text\n", html: str = "<p>Text", stop: str = "") -> EmailMessage:
    """Return a mail as it arrives."""
    return message_from_bytes(compose(ENVELOPE, subject, text, html, stop).as_bytes(), policy=policy.default)


def test_it_goes_from_the_author_to_the_author_and_says_that_a_program_wrote_it() -> None:
    mail = sent()
    assert (str(mail["From"]), str(mail["To"])) == (f"TrackBack <{AUTHOR}>", AUTHOR)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo
    assert mail["Message-ID"].endswith("@blog.example>")
    assert mail["Message-ID"] != sent()["Message-ID"]
    assert "List-Unsubscribe" not in mail


def test_with_a_mail_domain_it_comes_from_there() -> None:
    mail = compose(Envelope(AUTHOR, "trackback@mail.example", "events"), "Hello", "Text", "<p>Text")
    assert (str(mail["From"]), str(mail["To"])) == ("TrackBack <trackback@mail.example>", AUTHOR)
    assert mail["Message-ID"].endswith("@mail.example>")


def test_it_holds_the_same_as_text_and_as_html_in_seven_bits_and_short_lines() -> None:
    raw = compose(ENVELOPE, "日本語 " * 20, "Grüße 🌱 " * 200 + "\n", "<p>" + "Grüße 🌱 " * 200).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content().rstrip("\r\n")) for part in mail.iter_parts()]
    assert parts == [("text/plain", "Grüße 🌱 " * 200), ("text/html", "<p>" + "Grüße 🌱 " * 200)]


def test_a_mail_program_can_end_such_mails_with_one_click() -> None:
    raw = compose(ENVELOPE, "Hello", "Text", "<p>Text", STOP).as_bytes()
    assert (
        f"\r\nList-Unsubscribe: <{STOP}>\r\n".encode() in raw
    )  # whole: encoded words are not understood there
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


INJECTIONS = {
    "CR LF": "Hi\r\nBcc: victim@evil.example",
    "LF": "Hi\nBcc: victim@evil.example",
    "CR": "Hi\rBcc: victim@evil.example",
    "end of the head": "Hi\r\n\r\n<h1>Another body</h1>",
    "folded": "Hi\r\n Bcc: victim@evil.example",
    "NEL": "Hi\x85Bcc: victim@evil.example",
    "line separator": "Hi\u2028Bcc: victim@evil.example",
    "paragraph separator": "Hi\u2029Bcc: victim@evil.example",
    "form feed": "Hi\x0cBcc: victim@evil.example",
    "file separator": "Hi\x1cBcc: victim@evil.example",
    "null": "Hi\0Bcc: victim@evil.example",
    "encoded word": "=?utf-8?q?Hi=0D=0ABcc:_victim@evil.example?=",
    "lone surrogate": "Hi \ud800 Bcc: victim@evil.example",
    "boundary": "Hi\r\n--===============0==\r\nContent-Type: text/html",
}
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]


def test_no_subject_adds_a_header_or_a_body(subtests: pytest.Subtests) -> None:
    for name, subject in INJECTIONS.items():
        with subtests.test(name):
            mail = sent(subject)
            assert sorted(mail.keys()) == sorted(HEADERS)
            assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
            assert mail.get_all("To") == [AUTHOR]


def test_no_body_ends_early(subtests: pytest.Subtests) -> None:
    for name, text in INJECTIONS.items():
        with subtests.test(name):
            mail = sent(text=one_line(text), html=one_line(text), stop=text)
            assert sorted(mail.keys()) == sorted([*HEADERS, "List-Unsubscribe", "List-Unsubscribe-Post"])
            assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\t b\n\n c ", "a b c"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم"),
        ("שלום", "שלום"),
        ("\x1b[31mred", "[31mred"),
    ],
    ids=["white space", "bidirectional overrides", "joiners stay", "right to left", "terminal"],
)
def test_a_line_is_one_and_runs_forward(text: str, line: str) -> None:
    assert one_line(text) == line


def test_a_long_subject_is_cut() -> None:
    assert len(str(sent("x" * 5_000)["Subject"])) == MAX_SUBJECT
