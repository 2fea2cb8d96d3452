"""Whose a page is: what one person has, on a host of their own or on one that many share."""

import pytest

from trackback.model.rule import Effect, Matches, Rule
from trackback.receiving.spam.rules import narrower, too_wide
from trackback.web.accounts import account_of

ACCOUNTS = {
    "https://blog.example/a": "blog.example",
    "https://www.blog.example/a": "blog.example",
    "https://a.b.blog.co.uk/": "blog.co.uk",
    "http://localhost:8081/a": "localhost",
    "http://203.0.113.7/a": "203.0.113.7",
    "https://ann.github.io/post": "ann.github.io",
    "https://www.ann.blogspot.com/": "ann.blogspot.com",
    "https://ann.wordpress.com/2026/": "ann.wordpress.com",
    "https://ann.substack.com/p/letter": "ann.substack.com",
    "https://ann.tumblr.com/post/1": "ann.tumblr.com",
    "https://www.tumblr.com/ann/1": "tumblr.com/ann",
    "https://ann.hatenablog.com/entry/1": "ann.hatenablog.com",
    "https://medium.com/@ann/a-post": "medium.com/@ann",
    "https://medium.com/a-magazine/a-post": "medium.com/a-magazine",
    "https://ann.medium.com/a-post": "ann.medium.com",
    "https://dev.to/ann/a-post": "dev.to/ann",
    "https://sites.google.com/view/ann/home": "sites.google.com/view/ann",
    "https://mastodon.social/@ann/1": "mastodon.social/@ann",
    "https://mastodon.social/users/ann/statuses/1": "mastodon.social/users/ann",
    "https://mastodon.example/@ann/1": "mastodon.example/@ann",
    "https://social.example/@ann/1": "social.example/@ann",
    "https://people.university.example/~ann/post": "people.university.example/~ann",
    "https://forum.example/users/ann": "forum.example/users/ann",
    "https://old.reddit.com/user/ann/comments": "old.reddit.com/user/ann",
    "https://github.com/ann/project": "github.com/ann",
    "https://bsky.app/profile/ann.example/post/1": "bsky.app/profile/ann.example",
    "https://note.com/ann/n/1": "note.com/ann",
    "https://blog.naver.com/ann/1": "blog.naver.com/ann",
    "https://blog.example/x/../~ann/": "blog.example/~ann",
}
NOBODYS = [
    "https://co.uk/",
    "https://github.io/a",
    "https://blogspot.com/a",
    "https://substack.com/home",
    "https://wordpress.com/read",
    "https://medium.com/",
    "https://medium.com/p/0123456789ab",
    "https://medium.com/tag/links",
    "https://dev.to/t/python",
    "https://sites.google.com/view",
    "https://sites.google.com/",
    "https://mastodon.social/explore",
    "https://mastodon.social/@",
    "https://reddit.com/r/links/comments/1",
    "https://telegra.ph/A-post-12-01",
    "https://en.wikipedia.org/wiki/TrackBack",
    "https://stackoverflow.com/questions/1/how",
    "javascript:alert(1)",
]


@pytest.mark.parametrize(("url", "account"), ACCOUNTS.items())
def test_a_page_is_of_the_account_that_its_address_names(url: str, account: str) -> None:
    assert str(account_of(url)) == account


@pytest.mark.parametrize("url", NOBODYS)
def test_a_page_on_a_shared_host_that_names_no_account_is_nobodys(url: str) -> None:
    assert account_of(url) is None


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://www.friend.example/a", "allow host friend.example"),
        ("https://blog.friend.example/a", "allow host blog.friend.example"),
        ("https://ann.github.io/a", "allow host ann.github.io"),
        ("https://medium.com/@ann/a", "allow path medium.com/@ann"),
        ("https://sites.google.com/view/ann/a", "allow path sites.google.com/view/ann"),
        ("https://social.example/@ann/1", "allow path social.example/@ann"),
        ("http://[2001:db8::7]/a", "allow host 2001:db8::7"),
        ("https://medium.com/p/1", ""),
    ],
)
def test_a_rule_made_of_a_page_is_about_its_author_alone(url: str, rule: str) -> None:
    assert narrower(url) == rule
    if rule:
        effect, matches, value = rule.split(" ")
        assert not too_wide(Rule(Effect(effect), Matches(matches), value))
