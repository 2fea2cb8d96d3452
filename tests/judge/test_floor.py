"""The judge's figures on the corpus do not get worse than these: the floor that CI holds."""

from tests.judge.corpus import learned, messages
from tests.judge.floods import GENUINE, SPAM
from tests.judge.measure import LOOKS_BAD, auc, by_judge, figures, split
from trackback.model.ping import Status
from trackback.model.verdict import LinkStatus
from trackback.receiving.spam.bayes import WordModel

FOUND, MISSING = LinkStatus.FOUND, LinkStatus.MISSING


def test_with_nothing_learnt_and_links_found() -> None:
    found = figures(by_judge(messages(), WordModel.empty(), FOUND))
    assert (found.wanted_unseen, found.wanted_bad) == (0, 0)
    assert found.share("spam_unseen") >= 0.5
    assert found.share("spam_bad") >= 0.75
    assert found.share("spam_good") <= 0.08
    assert found.auc >= 0.96


def test_with_nothing_learnt_and_links_missing() -> None:
    found = figures(by_judge(messages(), WordModel.empty(), MISSING))
    assert found.wanted_unseen == 0
    assert found.share("wanted_bad") <= 0.01
    assert found.share("spam_unseen") >= 0.65
    assert found.share("spam_bad") >= 0.9
    assert found.spam_good == 0
    assert found.auc >= 0.96


def test_what_one_blog_decides_makes_its_own_figures_better_and_no_wanted_ping_is_lost() -> None:
    decided, rest = split([message for message in messages() if message.blog == "d"], 40, order=0)
    untaught = figures(by_judge(rest, WordModel.empty(), MISSING))
    taught = figures(by_judge(rest, learned(decided), MISSING))
    assert (taught.wanted_unseen, taught.wanted_bad) == (0, 0)
    assert taught.spam_unseen > untaught.spam_unseen
    assert taught.share("spam_unseen") >= 0.7


def test_what_other_blogs_decided_praises_no_spam() -> None:
    others = split([message for message in messages() if message.blog != "d"], 300, order=0)[0]
    blog = [message for message in messages() if message.blog == "d"]
    untaught = figures(by_judge(blog, WordModel.empty(), FOUND))
    taught = figures(by_judge(blog, learned(others), FOUND))
    assert taught.wanted_unseen == 0
    assert taught.spam_good <= untaught.spam_good


def test_genuine_floods_are_neither_lost_nor_look_bad() -> None:
    for scenario in GENUINE:
        judged = scenario.judged()
        assert [each for each in judged if each.score >= LOOKS_BAD] == [], scenario.name
        assert {each.status for each in judged} == {Status.PENDING}, scenario.name


def test_most_of_a_flood_of_spam_looks_bad() -> None:
    for scenario in SPAM:
        judged = scenario.judged()
        assert sum(each.score >= LOOKS_BAD for each in judged) >= 0.75 * len(judged), scenario.name


def test_the_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert auc([0, 0], [1, 1]) == 1
    assert auc([0, 1], [1]) == 0.75
    assert auc([1], [0]) == 0
