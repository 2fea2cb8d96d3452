"""What is remembered of a feed."""

from trackback.model.feed_state import MOST, FeedState, posts_in, remembered


def test_a_post_is_known_by_its_address_and_its_words() -> None:
    memory = FeedState(posts=remembered({"blog.example/a": "Grüße", "blog.example/b": ""}, {}))
    assert memory.knows("blog.example/a", "Grüße")
    assert memory.knows("blog.example/b", "")
    assert not memory.knows("blog.example/a", "Grüsse")
    assert not memory.knows("blog.example/c", "Grüße")


def test_other_words_take_the_place_of_those_before() -> None:
    before = remembered({"a": "1", "b": "1"}, {})
    memory = FeedState(posts=remembered({"b": "2"}, before))
    assert (memory.knows("a", "1"), memory.knows("b", "1"), memory.knows("b", "2")) == (True, False, True)


def test_what_is_stored_is_read_again() -> None:
    memory = FeedState(posts=remembered({f"a/{n}": str(n) for n in range(50)}, {}))
    assert posts_in(memory.as_text()) == memory.posts
    assert list(posts_in(memory.as_text())) == list(memory.posts)
    assert posts_in("") == {}
    assert posts_in("broken") == {}


def test_of_very_many_posts_the_last_read_are_remembered_in_little_room() -> None:
    before = remembered({f"old/{n}": "" for n in range(100_000)}, {})
    memory = FeedState(posts=remembered({f"new/{n}": "" for n in range(10)}, before))
    assert len(memory.posts) == MOST
    assert len(memory.as_text()) == 17 * MOST
    assert all(memory.knows(f"new/{n}", "") for n in range(10))
    assert memory.knows(f"old/{MOST - 11}", "")
    assert not memory.knows(f"old/{MOST - 10}", "")


def test_any_text_may_be_remembered() -> None:
    assert FeedState(posts=remembered({"\ud800": "\udfff"}, {})).knows("\ud800", "\udfff")
