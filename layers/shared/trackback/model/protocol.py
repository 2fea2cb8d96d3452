"""The linkback protocols that pings travel in."""

from enum import StrEnum


class Protocol(StrEnum):
    """Protocol of a ping; its value is stored. Only TrackBack is spoken so far."""

    TRACKBACK = "trackback"
    WEBMENTION = "webmention"
    PINGBACK = "pingback"
