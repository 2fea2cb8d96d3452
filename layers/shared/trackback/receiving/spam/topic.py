"""Whether a source is about the post: rare words that both have, and the languages of both pages."""

from trackback.model.verdict import LinkStatus, Reason, ReasonCode
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.shape import post_words, words

_LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}
_RARE = 5
"""Letters from which a word is rare enough to say what a text is about; shorter scripts do without."""


def topic(evidence: Evidence) -> Reason | None:
    """A page in another language: a fact for the author, and a little more if it shares no word."""
    page, post = _language(evidence.language), _language(evidence.about.language)
    if not page or not post or page == post:
        return None
    said = f"The page is in {_LANGUAGES.get(page, page)}, your post in {_LANGUAGES.get(post, post)}."
    if evidence.link is LinkStatus.FOUND or shares_words(evidence):
        return Reason(ReasonCode.TOPIC, said, 0)
    return Reason(ReasonCode.TOPIC, f"{said} They share no words.", 1)


def shares_words(evidence: Evidence) -> bool:
    """Tell whether what is known of the source has a rare word of the post's title or address."""
    about = f"{evidence.title} {evidence.excerpt} {evidence.blog_name} {evidence.page_text}"
    own = post_words(evidence.post, evidence.about.title)
    return any(len(word) >= _RARE or not word.isascii() for word in own.intersection(words(about)))


def _language(tag: str) -> str:
    return tag.partition("-")[0].lower()
