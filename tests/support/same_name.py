"""Two texts with one short name, found offline within a second: 32 bits are no proof of what was read."""

from trackback.model.texts import Texts

_EXCERPT, _BLOG_NAME = "About why we still link.", "Other Rooms"
NICE = Texts("Re: Why we still link, part 112881", _EXCERPT, _BLOG_NAME)
NASTY = Texts("BUY PILLS 7024", _EXCERPT, _BLOG_NAME)
