"""The simulated parts of `make flood`: the queue, the throttle, the traffic."""

from tests.flood.fifo import Fifo, Queued
from tests.flood.limits import Bucket, Throttle
from tests.flood.traffic import DAY, friends_host, genuine, spam_run


def test_a_group_is_in_one_batch_at_a_time() -> None:
    queue = Fifo()
    for number in range(3):
        queue.put(Queued(f"slow-{number}", "slow.example", number, "slow"))
    first = queue.take(2)
    queue.put(Queued("other", "other.example", 9, "genuine"))
    assert [one.id for one in first] == ["slow-0", "slow-1"]
    assert [one.id for one in queue.take(2)] == ["other"]
    queue.free({"slow.example"})
    assert [one.id for one in queue.take(2)] == ["slow-2"]


def test_failed_messages_come_again_before_their_groups_others() -> None:
    queue = Fifo()
    for number in range(2):
        queue.put(Queued(str(number), "a.example", number, "genuine"))
    queue.put_back(queue.take(1))
    queue.free({"a.example"})
    assert [one.id for one in queue.take(2)] == ["0", "1"]


def test_the_throttle_lets_in_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(Throttle(rate=10, burst=20))
    assert sum(bucket.takes(number / 100) for number in range(1_000)) in range(115, 122)


def test_every_genuine_ping_is_real_and_has_a_page_of_its_own() -> None:
    pings = list(genuine(300, DAY))
    assert all(one.sampled for one in pings)
    assert len({one.url for one in pings}) == 300
    assert sum("?p=" in one.url for one in pings) == 60


def test_an_attack_has_its_rate_and_its_sample() -> None:
    pings = list(spam_run(10, 100, 50))
    assert (len(pings), sum(one.sampled for one in pings)) == (1_000, 20)
    assert len(list(friends_host(3_600))) == 600
