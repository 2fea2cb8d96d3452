"""Recognises where a page shows what its visitors have written, by the names that blogs' software uses."""

import re
from collections.abc import Mapping

_STATES = (
    "about|allowed|and|are|closed|count|disabled|enabled|for|from|guidelines|in|is|of|off|on|open|opened|policy"
    "|to"
)
"""What follows `comments-` in the name of something else: the state of a post, or a heading as an id."""
_NOT_OF = (
    "allow|cat|category|disable|enable|format|has|hide|icon|jump|keyword|label|link|menu|no|show|skip|tag|term"
    "|to|topic|with|without"
)
"""What precedes `-comments` in such a name."""
_PARTS = (
    "area|author|block|body|box|container|content|data|entry|form|item|list|listing|meta|section|text|thread"
    "|wrap|wrapper"
)
_SYSTEMS = (
    "comentario|commento|cusdis|disqus|dsq|facepile|fastcomments|giscus|gitalk|gitment|graphcomment|haloscan"
    "|hyvor|intensedebate|isso|livefyre|microblog[-_]conversation|pingbacks?|pinglist|remark42|shoutbox|talkyard"
    "|trackbacks?|twikoo|utterances?|valine|waline|webmentions?|wpdiscuz"
)
_NAME = re.compile(
    rf"(?:(?:(?!(?:{_NOT_OF})[-_])[a-z0-9]++[-_]{{1,2}}+){{0,3}}(?:comments?|kommentare?|commentaires?|comentarios?)"
    rf"(?:{_PARTS})?"
    rf"|(?:(?:site|page|post|entry|blog|wp-block|jp|p|u)[-_])?"
    rf"(?:{_SYSTEMS}|respond|responses|replies|reactions|mentions|guestbook))"
    rf"(?:[-_]{{1,2}}+(?!(?:{_STATES})(?:[-_]|$)).*)?"
)
_HINT = re.compile(
    "comm|komm|comen|respo|repli|react|mention|back|disqus|dsq|isso|giscus|cusdis|gital|gitm|hyvor|livefyre"
    "|intense|facepile|microblog|pinglist|remark42|talkyard|utteranc|aline|twikoo|wpdis|haloscan|guestb|shoutb"
)
_OF_ONE = {"comment", "comment-body", "comment-content", "p-comment", "u-comment"}
"""Classes of an article that is a comment: software puts many other words into the classes of a post."""
_TYPES = re.compile(r"https?://schema\.org/(?:answer|comment|usercomments)/?")
_TYPED = {"itemprop", "itemtype", "role"}
_PANDOC = re.compile("level[1-6]")
"""The class of a section whose id is its heading: of a post's own text."""
_LONGEST = 60


def is_comment(name: str, attributes: Mapping[str, str]) -> bool:
    """Tell whether an element holds visitors' comments, or one of them."""
    if attributes.keys() & _TYPED and _is_typed(attributes):
        return True
    classes, own = attributes.get("class", "").lower(), attributes.get("id", "").lower()
    if name in {"html", "body"} or not _HINT.search(f"{classes} {own} {name if '-' in name else ''}"):
        return False
    words = classes.split()
    if name == "article" or not {"h-entry", "hentry"}.isdisjoint(words):
        return not _OF_ONE.isdisjoint(words)
    named = [] if any(map(_PANDOC.fullmatch, words)) else own.split()
    named += [name] if "-" in name else []
    return any(_NAME.fullmatch(word) for word in [*words, *named] if len(word) <= _LONGEST)


def _is_typed(attributes: Mapping[str, str]) -> bool:
    """Tell whether schema.org or ARIA names an element a comment, or an answer to what somebody asked."""
    what = {*attributes.get("itemprop", "").split(), attributes.get("role")}
    is_of_type = _TYPES.fullmatch(attributes.get("itemtype", "").strip().lower()) is not None
    return is_of_type or not what.isdisjoint({"comment", "suggestedAnswer", "acceptedAnswer"})
