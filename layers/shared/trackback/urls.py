"""URLs: validate a ping's source, and decide which URLs are the same page.

Each page has one key. The key is for comparing and storing; the URL as sent is shown and fetched.
"""

import hashlib
import re
from base64 import b32encode
from dataclasses import dataclass
from string import ascii_letters, digits
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from trackback.errors import PingRefused

MAX_URL = 2_048
"""Longest accepted source URL, in characters."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_JOINERS = "\u200c\u200d"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_IPV6 = re.compile(r"\[[0-9a-fA-F:.]+\](?::[0-9]*)?")
_NEVER_IN_A_URL = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")  # browsers read "\" as "/", urllib does not
_UNRESERVED = ascii_letters + digits + "_.-~"
_URL_SAFE = "/:@!$&'()*+,;=~%?[]"  # left as it is in a URL as sent
_TRACKING = re.compile(
    r"utm_.*|_hs(enc|mi)|(fb|g|d|y|tw|tt)clid|msclkid|li_fat_id|[gw]braid|igsh(id)?|mc_[ce]id|mkt_tok|vero_id"
)


@dataclass(frozen=True, slots=True)
class Source:
    """The page that pings: its URL as sent (ASCII), and its key, the same for all spellings of the page."""

    url: str
    key: str


def read_source(text: str) -> Source:
    """Return the source that a ping's `url` names.

    Accepts http and https only, an absolute URL of at most `MAX_URL` characters with a host, and without
    credentials, backslashes or control characters: each of these has let a scheme or host pass for another.

    Raises:
        PingRefused: the URL breaks a rule; the message names it.
    """
    text = _well_formed(text).strip().replace("&amp;", "&")  # some senders escape for HTML first
    if len(text) > MAX_URL:
        raise PingRefused(f"The url is too long: at most {MAX_URL} characters, please.")
    if _NEVER_IN_A_URL.search(text):
        raise PingRefused("The url holds a backslash or control character. Send it percent-encoded.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise PingRefused("The url cannot be read: check its host and port.") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise PingRefused("The url must be absolute and begin with http:// or https://.")
    if "@" in parts.netloc:
        raise PingRefused("The url must not hold a user name or password.")
    if port == 0 or ("[" in parts.netloc and not _IPV6.fullmatch(parts.netloc)):
        raise PingRefused("The url cannot be read: check its host and port.")
    return _source(parts, _authority(parts.hostname, port, parts.scheme))


def _source(parts: SplitResult, authority: str) -> Source:
    path, query = quote(parts.path, _URL_SAFE), quote(parts.query, _URL_SAFE)
    url = f"{parts.scheme}://{authority}{path}"
    url += f"?{query}" if query else ""
    url += f"#{quote(parts.fragment, _URL_SAFE)}" if parts.fragment else ""
    if len(url) > MAX_URL:
        raise PingRefused(f"The url is too long: at most {MAX_URL} characters, percent-encoded.")
    pairs = parts.query.replace("+", "%20").split("&")  # in a query, "+" is a space
    telling = [_PAIR.encode(pair) for pair in pairs if pair and not _is_tracking(pair)]
    key = authority + _PATH.encode(parts.path).rstrip("/")
    return Source(url, key + (f"?{'&'.join(telling)}" if telling else ""))


def _is_tracking(pair: str) -> bool:
    name = unquote_to_bytes(pair.partition("=")[0]).decode("ascii", "replace")
    return _TRACKING.fullmatch(name.lower()) is not None


class _Encoder:
    """Percent-encodes each character in one way, however it is written. An encoded separator stays so."""

    def __init__(self, separator: str, kept: str) -> None:
        """Leave unreserved characters, `separator` and the characters in `kept` as they are."""
        bare = (_UNRESERVED + kept).encode()
        self._codes = [bytes([octet]) if octet in bare else b"%%%02X" % octet for octet in range(256)]
        self._escapes = {b"%": self._codes[ord("%")]}  # filled on use: imports stay quick
        self._found = re.compile(rb"%%[0-9a-fA-F]{2}|%%|[^%%%s]+" % re.escape(bare + separator.encode()))

    def encode(self, text: str) -> str:
        """Return `text` in key form."""
        return self._found.sub(self._encoded, text.encode("utf-8", "replace")).decode("ascii")

    def _encoded(self, match: re.Match[bytes]) -> bytes:
        found = match[0]
        if found[:1] != b"%":
            return b"".join([self._codes[octet] for octet in found])
        return self._escapes.get(found) or self._escapes.setdefault(found, self._codes[int(found[1:], 16)])


_PATH = _Encoder("/", ":@!$&'()*+,;=")
_PAIR = _Encoder("=", "/:@!$'()*,;")


def _well_formed(text: str) -> str:
    """Replace lone surrogates, which no encoding can represent."""
    return text.encode("utf-8", "replace").decode()


def _authority(host: str, port: int | None, scheme: str) -> str:
    host = f"[{host}]" if ":" in host else ascii_host(host)
    return host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"


def ascii_host(host: str) -> str:
    """Return a host in lower case, as A-labels (UTS 46 as browsers do it), without a trailing dot.

    Browsers take what IDNA 2008 forbids, such as emoji.

    Raises:
        PingRefused: the text is not a host name.
    """
    host = host.lower().rstrip(".")
    if not host.isascii():
        import idna  # noqa: PLC0415 - loads half a megabyte of tables that few pings need

        def a_label(label: str) -> str:
            if label.isascii():
                return label
            idna.check_initial_combiner(label)
            idna.check_bidi(label)
            if not all(idna.valid_contextj(label, at) for at, each in enumerate(label) if each in _JOINERS):
                raise idna.IDNAError("a joiner that joins nothing")
            return "xn--" + label.encode("punycode").decode("ascii")

        try:
            mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
            host = ".".join(map(a_label, mapped.split(".")))
        except (idna.IDNAError, UnicodeError):
            host = ""
    if len(host) > 253 or not _HOST.fullmatch(host):  # noqa: PLR2004 - RFC 1035 section 2.3.4
        raise PingRefused("The url cannot be read: check its host and port.")
    return host


def host_of(url: str) -> str:
    """Return the host of a source's URL, without its port."""
    return urlsplit(url).hostname or ""


def host_and_port(url: str) -> str:
    """Return a URL's host, with its port unless it is a default port of http or https."""
    parts = urlsplit(url)
    odd = parts.port not in {None, *_DEFAULT_PORTS.values()}
    return parts.netloc if odd else parts.hostname or ""


_INDEX_FILE = r"/index\.(?:html?|php)"
_INDEX_OF_PATH = re.compile(f"(?:{_INDEX_FILE}|/)$")
_INDEX_OF_KEY = re.compile(rf"{_INDEX_FILE}(?=$|\?)")


def page_path(path: str) -> str:
    """Return the key form of a post's path, the same for every spelling of the page.

    It ignores an index file, trailing and doubled slashes, and differences in percent-encoding: API Gateway
    decodes a path once before we see it.
    """
    return _INDEX_OF_PATH.sub("", "/" + as_sent(path))


def as_sent(path: str) -> str:
    """Return a post's path percent-encoded, as a reader can follow it."""
    return re.sub(r"/{2,}", "/", _PATH.encode(path)).lstrip("/")


def page_key(url: str) -> str:
    """Return a page's key, the same for all spellings of its URL; empty if the URL is invalid.

    Like `Source.key`, and it also ignores an index file and `www.`.
    """
    return page_identity(url).removeprefix("www.")


def page_identity(url: str) -> str:
    """Return a page's key that differs with and without `www.`; empty if the URL is invalid."""
    try:
        return _INDEX_OF_KEY.sub("", read_source(url).key)
    except PingRefused:
        return ""


def is_same_page(one: str, other: str) -> bool:
    """Tell whether two URLs name one page, ignoring scheme, default port, fragment, slash and index file."""
    key = page_identity(one)
    return key != "" and key == page_identity(other)


def pair_id(one: str, other: str) -> str:
    """Return the id of a record for a pair of keys: 128 bits, in base 32."""
    digest = hashlib.sha256(f"{one}\n{other}".encode()).digest()
    return b32encode(digest[:16]).decode("ascii").rstrip("=").lower()
