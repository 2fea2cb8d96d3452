"""The template's parameters: what each takes and refuses, and what it is without being set."""

import re
from typing import Any

import pytest

from tests.support import template

PARAMETERS: dict[str, Any] = template.load().body["Parameters"]


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_is_described_and_a_default_is_one_that_it_allows(parameter: str) -> None:
    settings = PARAMETERS[parameter]
    assert settings["Description"].endswith((".", ")"))
    if settings["Type"] == "String":
        assert "Default" not in settings or re.search(settings["AllowedPattern"], settings["Default"])
        assert settings["ConstraintDescription"]
    else:
        low, high = settings.get("MinValue"), settings.get("MaxValue")
        assert settings["Default"] in (settings.get("AllowedValues") or range(low, high + 1))


def test_no_example_can_be_deployed_by_pressing_enter() -> None:
    assert {name for name, it in PARAMETERS.items() if "Default" not in it} == {
        "Sites",
        "AuthorEmail",
        "Secret",
    }
    assert not [name for name, it in PARAMETERS.items() if ".example" in str(it.get("Default"))]


GOOD = {
    "Sites": [
        "blog.example",
        "www.blog.example",
        "blog.example,notes.example",
        "blog.example, notes.example , third.example",
        "https://blog.example",
        "http://old.example,blog.example",
        "localhost:8081",
        "http://localhost:8081",
        "bücher.example",
        "xn--bcher-kva.example",
    ],
    "AuthorEmail": [
        "author@blog.example",
        "first.last+trackback@mail.blog.example",
        "O'Hara_1/x=y&z@Blog.Example",
        "juergen@xn--bcher-kva.example",
        "a@b.xn--p1ai",
        f"{'x' * 64}@{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 61}",
    ],
    "MailDomain": ["", "blog.example", "mail.blog.example", "xn--bcher-kva.example"],
    "AuthorIdentity": ["existing", "create"],
    "MailDomainIdentity": ["existing", "create"],
    "Feed": ["", "https://blog.example/", "http://old.example/feed.xml?a=b"],
    "DomainName": ["", "trackback.blog.example", "blog.example", "t.xn--bcher-kva.example", "a-1.b2.co"],
    "CertificateArn": [
        "",
        "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-4e5f-6789-abcd-ef0123456789",
    ],
}
BAD = {
    "Sites": [
        "",
        " ",
        "blog.example/",
        "https://blog.example/posts",
        "ftp://blog.example",
        "https:blog.example",
        "//blog.example",
        "blog.example notes.example",
        "blog.example;notes.example",
        "blog.example,",
        ",blog.example",
        "blog.example,,notes.example",
        "blog.example?page=1",
        "author@blog.example",
        "blog.example:http",
        "*",
    ],
    "AuthorEmail": [
        "",
        "author",
        "author@blog",
        "@blog.example",
        "author@blog.example.",
        "author@blog.example, other@blog.example",
        "The Author <author@blog.example>",
        "author @blog.example",
        "author@@blog.example",
        "jürgen@blog.example",
        "author@bücher.example",
        "*@blog.example",
        "autho?@blog.example",
        "${aws:username}@blog.example",
        "{author}@blog.example",
        ".author@blog.example",
        "au..thor@blog.example",
        '"an author"@blog.example',
        "author@-blog.example",
        "author@blog_1.example",
        "author@192.0.2.1",
        f"{'x' * 65}@blog.example",
        f"author@{'.'.join(['a' * 63] * 4)}.example",
    ],
    "MailDomain": [" ", "localhost", "Blog.example", "bücher.example", "*.example", "author@blog.example"],
    "AuthorIdentity": ["", "Create", "yes"],
    "MailDomainIdentity": ["", "Existing", "no"],
    "Feed": ["blog.example", "feed://blog.example/", "https://", "https://a.example b.example", " "],
    "DomainName": [
        " ",
        "localhost",
        "https://trackback.blog.example",
        "trackback.blog.example/",
        "trackback.blog.example:443",
        "trackback.blog.example.",
        "Trackback.blog.example",
        "*.blog.example",
        "-a.blog.example",
        "a..example",
        "bücher.example",
        "a.example,b.example",
        "192.0.2.1",
    ],
    "CertificateArn": [
        " ",
        "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-4e5f-6789-abcd-ef0123456789",
        "arn:aws:iam::123456789012:server-certificate/x",
        "arn:aws:acm:us-east-1:123456789012:certificate/",
        "arn:aws:acm:us-east-1:1234:certificate/0a1b2c3d",
        "0a1b2c3d-4e5f-6789-abcd-ef0123456789",
    ],
}


@pytest.mark.parametrize("name", GOOD)
def test_a_parameter_takes_what_an_author_may_write(name: str) -> None:
    assert [value for value in GOOD[name] if not re.search(PARAMETERS[name]["AllowedPattern"], value)] == []


@pytest.mark.parametrize("name", BAD)
def test_a_parameter_refuses_what_would_not_work(name: str) -> None:
    assert [value for value in BAD[name] if re.search(PARAMETERS[name]["AllowedPattern"], value)] == []
