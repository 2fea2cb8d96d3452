"""Records of posts from before they had an end get one."""

from datetime import timedelta
from typing import Any

from tests.integration.conftest import NOW, Web
from tests.integration.sweep.conftest import Service
from trackback.receiving.sweep import ENDED_AT_ONCE, EVERY
from trackback.storage.sweeps import SweepStore
from trackback.timestamps import stamp


def stored(web: Web, key: str, **facts: Any) -> str:
    """Store what an earlier release knew of a post; return the record's id."""
    web.table.put({"id": f"post#{key}", "facts": {"seen_at": stamp(NOW), **facts}})
    return f"post#{key}"


def test_a_post_without_approved_pings_gets_an_end_a_missing_one_an_early_one(
    web: Web, service: Service
) -> None:
    missing, there = (
        stored(web, "blog.example/no", missing=True),
        stored(web, "blog.example/yes", title="Yes"),
    )
    service.tick(NOW)
    assert web.table.get(missing)["expires_at"] == (NOW + timedelta(days=1)).timestamp()
    assert web.table.get(there)["expires_at"] == (NOW + timedelta(days=180)).timestamp()
    service.tick(NOW + EVERY)
    assert web.table.get(missing)["expires_at"] == (NOW + timedelta(days=1)).timestamp()


def test_a_post_with_an_approved_ping_gets_none(web: Web, service: Service) -> None:
    post: dict[str, Any] = {"id": "post#blog.example/shown", "facts": {"missing": True}, "approved": 1}
    web.table.put(post)
    service.tick(NOW)
    assert web.table.get(post["id"]) == post


def test_a_sweep_ends_a_few_at_a_time_and_counts_none_as_waiting(web: Web, service: Service) -> None:
    posts = [stored(web, f"blog.example/{n}", missing=True) for n in range(ENDED_AT_ONCE + 5)]

    def ended() -> int:
        return sum("expires_at" in web.table.get(post) for post in posts)

    service.tick(NOW)
    assert ended() == ENDED_AT_ONCE
    assert SweepStore(web.table).place().next_at == stamp(NOW + EVERY)
    service.tick(NOW + EVERY)
    assert ended() == len(posts)
