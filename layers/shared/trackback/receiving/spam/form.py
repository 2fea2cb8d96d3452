"""Signals of form: what kind of page pings, and how its texts are built, whatever they are about.

Spam of the last twenty years differs from genuine pings more in its form than in its words: its source is the
front page of a shop, its title a search phrase, its text fits any post.
"""

from trackback.model.verdict import Reason, ReasonCode
from trackback.receiving.spam import shape
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.stock import has_stock_sentence, stock_phrases
from trackback.web.text.plain_text import fold

_FEW_SHARED, _FEW_OTHER = 3, 6
_NAMES_POST = 2
_STOCK = {0: 0, 1: 0, 2: 1, 3: 3}


def page_kind(evidence: Evidence) -> Reason | None:
    """The front page of a site, or a profile, log-in, feed, list or file: no page that somebody wrote."""
    if shape.is_front_page(evidence.url):
        return Reason(ReasonCode.KIND, "The source is the front page of a site, not a post.", 4)
    if shape.is_no_post(evidence.url):
        return Reason(ReasonCode.KIND, "The source is a profile, list, feed or file, not a post.", 4)
    return None


def title_is_blog_name(evidence: Evidence) -> Reason | None:
    """Antispam-bee#219; a search phrase for both is a shop that poses as a blog."""
    if not shape.are_same(evidence.url, evidence.title, evidence.blog_name):
        return None
    weight = 5 if shape.is_phrase(evidence.title) else 3
    return Reason(ReasonCode.SAME_NAMES, "The title and the blog's name are the same.", weight)


def keywords(evidence: Evidence) -> Reason | None:
    """Texts built for search engines: a phrase without a capital, an address, alternatives, repetition."""
    title = evidence.title
    if shape.is_spun(title, evidence.excerpt, evidence.blog_name):
        return Reason(ReasonCode.KEYWORDS, "The text lists alternatives, as spam programs do.", 4)
    if shape.is_address(title):
        return Reason(ReasonCode.KEYWORDS, "The title is a web address.", 4)
    is_same = shape.are_same(evidence.url, title, evidence.blog_name)
    if shape.is_phrase(title) or (is_same and title.isascii() and title.islower()):
        return Reason(ReasonCode.KEYWORDS, "The title reads like a search: words without a capital.", 3)
    if shape.repeats(evidence.excerpt):
        return Reason(ReasonCode.KEYWORDS, "The text repeats one word again and again.", 3)
    return None


def goods(evidence: Evidence) -> Reason | None:
    """Goods that spam sells, in a name: a blog writes about them in its posts, but is not called so."""
    found = shape.offer(evidence.url, evidence.title, evidence.blog_name)
    if not found:
        return None
    weight = 5 if shape.is_phrase(evidence.title) else 4 if found.is_odd or stock(evidence) else 2
    return Reason(ReasonCode.GOODS, f"A name offers what spam sells: “{found.goods}”.", weight)


def stock(evidence: Evidence) -> Reason | None:
    """Sentences that fit any post; less if they name the post. A quotation is about something else.

    A friend may praise a post in such words, too: they weigh less than a form that no blog has.
    """
    if has_stock_sentence(fold(f"{evidence.title}\n{evidence.excerpt}")):
        return Reason(ReasonCode.STOCK, "The text is a stock sentence of spam.", 4)
    if shape.is_quotation(evidence.excerpt):
        return None
    count = len(stock_phrases(fold(evidence.excerpt)))
    own = shape.post_words(evidence.post, evidence.about.title)
    if len(own.intersection(shape.words(evidence.excerpt))) >= _NAMES_POST:
        count -= 1
    weight = _STOCK[min(max(count, 0), 3)]
    text = "The text is made of stock phrases that fit any post."
    return Reason(ReasonCode.STOCK, text, weight) if weight else None


def echo(evidence: Evidence) -> Reason | None:
    """The excerpt only repeats a name or the post's title, where a blog has a sentence."""
    title, excerpt = fold(evidence.title), fold(evidence.excerpt)
    if shape.are_same(evidence.url, evidence.title, evidence.blog_name) and excerpt.startswith(title):
        return Reason(ReasonCode.ECHO, "The text only repeats the name.", 4)
    if not shape.is_quotation(evidence.excerpt) and _repeats_post(evidence):
        return Reason(ReasonCode.ECHO, "The text only repeats your post's title.", 3)
    return None


def disguise(evidence: Evidence) -> Reason | None:
    """Letters of other alphabets inside words, which hide them from filters."""
    if shape.is_disguised(f"{evidence.title}\n{evidence.excerpt}"):
        return Reason(ReasonCode.DISGUISE, "Its words are disguised by letters of another alphabet.", 4)
    return None


def _repeats_post(evidence: Evidence) -> bool:
    own = shape.post_words(evidence.post, evidence.about.title)
    said = frozenset(shape.words(evidence.excerpt))
    is_echo = len(said & own) >= _FEW_SHARED and len(said - own) <= _FEW_OTHER
    return is_echo and not own.intersection(shape.words(evidence.title))
