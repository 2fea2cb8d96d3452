"""What a caller did wrong, in words fit for that caller.

TrackbackError
├── PingRefused    a ping or its ping URL cannot be taken   → TrackBack error 1, HTTP 200
├── BadQuery       a reader's parameters make no sense      → JSON message, HTTP 400
├── TableBusy      a flood has reached the table's ceiling   → the same, and HTTP 429 for readers
├── FetchFailed    a page cannot be had (in `fetch`)        → a verdict: unreachable, and why
├── PostUnread     the author's post cannot be (`sending`)  → the command line's exit status 1, another try
├── FeedUnread     their feed cannot be (`subscription`)    → the same
├── LedgerBroken   a file is no ledger (in `ledger`)        → the command line's exit status 1
├── BadRule        what should be a rule is none (`rules`)  → the command line's exit status 1, HTTP 400
├── BadSettings    what should be a setting is none         → the author's page again, HTTP 400
├── LinkExpired    a signed link is too old (in `tokens`)   → a page that says what to do, HTTP 410
├── LinkInvalid    a signed link is none (in `tokens`)      → the same, HTTP 400
├── MailFailed     a mail was not taken (in `mail`)         → the delivery log, and another try
├── NotRemoved     a test ping is there still (in `trial`)  → the command line's exit status 1
├── NoSuchPing     the table holds no ping of that id       → the command line's exit status 1
├── ApiUnknown     the service is not found (`publishing`)   → the same
├── NotServed      a post is on no blog served (ditto)       → the same
└── StatusChanged  somebody else has decided meanwhile      → the command line's exit status 1

The words are fixed sentences: nothing that a stranger sent is ever part of them.
"""


class TrackbackError(Exception):
    """Base of all; `str()` is the message for the caller."""


class PingRefused(TrackbackError):
    """The ping cannot be taken; the message tells its sender what to change."""


class BadQuery(TrackbackError):
    """A reader's request cannot be answered; the message tells what to send."""


class BadSettings(TrackbackError):
    """What should become a setting cannot; the message tells the author what to write."""


class TableBusy(TrackbackError):
    """A flood has used up the units that the table may spend a second; the caller should come again."""


class NoSuchPing(TrackbackError):
    """The table holds no ping of that id."""


class StatusChanged(TrackbackError):
    """A ping's status is no longer the one that the decision was based on."""
