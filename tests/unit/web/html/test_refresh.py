"""Pages that send their readers elsewhere, as site generators move them."""

import pytest

from trackback.web.html.refresh import refresh_target

AT = "https://o.example/old/"
NEW = "https://o.example/new/"
HTML = "text/html; charset=utf-8"


def target(page: str, *, header: str = "", content_type: str = HTML) -> str | None:
    return refresh_target(page.encode(), content_type, header, AT)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            '<!DOCTYPE html><html lang="en"><head><title>https://o.example/new/</title>'
            '<link rel="canonical" href="https://o.example/new/"><meta charset="utf-8">'
            '<meta http-equiv="refresh" content="0; url=https://o.example/new/"></head></html>',
            id="Hugo: an alias",
        ),
        pytest.param(
            "<!doctype html><html lang=en><meta charset=utf-8>"
            "<meta http-equiv=refresh content='0; url=https://o.example/new/'>",
            id="Hugo, minified",
        ),
        pytest.param(
            '<!DOCTYPE html><html lang="en-US"><meta charset="utf-8"><title>Redirecting&hellip;</title>'
            '<link rel="canonical" href="https://o.example/new/"><script>location="https://o.example/new/"</script>'
            '<meta http-equiv="refresh" content="0; url=https://o.example/new/"><meta name="robots" '
            'content="noindex"><h1>Redirecting&hellip;</h1><a href="https://o.example/new/">Click here</a>',
            id="Jekyll: redirect-from",
        ),
        pytest.param(
            "<!doctype html><title>Redirecting to: /new/</title>"
            '<meta http-equiv="refresh" content="0;url=/new/"><link rel="canonical" href="/new/">',
            id="Astro",
        ),
        pytest.param(
            "<head><noscript><meta http-equiv='refresh' content='0; url=no'></noscript>"
            "<meta http-equiv='Refresh' content='0; URL=../new/'></head>",
            id="another for readers without scripts",
        ),
        pytest.param("<meta http-equiv=REFRESH content='0,url=/new/'>", id="a comma, and upper case"),
        pytest.param("<meta http-equiv=refresh content=' 3.5 ; url = /new/ '>", id="a fraction, and blanks"),
        pytest.param("""<meta http-equiv=refresh content="1;url='/new/'">""", id="quotes"),
        pytest.param("<meta http-equiv=refresh content='0;/new/'>", id="no name"),
        pytest.param("<meta http-equiv=refresh content='0 /new/'>", id="a blank alone"),
        pytest.param(
            "<base href=https://o.example/new/><meta http-equiv=refresh content='0;url=./'>", id="a base"
        ),
        pytest.param("<body><p>x<meta http-equiv=refresh content='0;url=/new/'>", id="in the body"),
        pytest.param(
            "<meta http-equiv=refresh content='0;url=/new/'><meta http-equiv=refresh content='0;url=/no/'>",
            id="two",
        ),
    ],
)
def test_a_page_sends_its_readers_on(page: str) -> None:
    assert target(page) == NEW


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<p>Nothing about refresh.", id="none"),
        pytest.param("<meta http-equiv=refresh content=300>", id="the same page again"),
        pytest.param("<meta http-equiv=refresh content='30; url=/new/'>", id="later"),
        pytest.param("<noscript><meta http-equiv=refresh content='0; url=/new/'></noscript>", id="noscript"),
        pytest.param("<template><meta http-equiv=refresh content='0; url=/new/'></template>", id="template"),
        pytest.param("<!-- <meta http-equiv=refresh content='0; url=/new/'> -->", id="a comment"),
        pytest.param("&lt;meta http-equiv=refresh content='0; url=/new/'>", id="a page about it"),
        pytest.param("<meta name=refresh content='0; url=/new/'>", id="another element"),
        pytest.param("<meta http-equiv=refresh content='soon; url=/new/'>", id="no number"),
        pytest.param("<meta http-equiv=refresh content='0; url='>", id="no address"),
        pytest.param("<meta http-equiv=refresh content='0; url=http://[x'>", id="no valid address"),
        pytest.param("<meta http-equiv=refresh>", id="no content"),
    ],
)
def test_a_page_keeps_its_readers(page: str) -> None:
    assert target(page) is None


def test_the_header_comes_first_and_holds_for_any_kind_of_content() -> None:
    assert target("<meta http-equiv=refresh content='0;url=/no/'>", header="0; url=/new/") == NEW
    assert target("{}", header="0;URL=/new/", content_type="application/json") == NEW
    assert target("<meta http-equiv=refresh content='0;url=/new/'>", content_type="text/plain") is None


@pytest.mark.parametrize(
    "content", ["0" * 1_000_000, " " * 1_000_000, "0;" * 500_000, "0;url=" + "'" * 1_000_000, "9" * 5_000]
)
def test_any_value_is_read_in_linear_time(content: str) -> None:
    assert target("", header=content) is None or content.startswith("0;")
