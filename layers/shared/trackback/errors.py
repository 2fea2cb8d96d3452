"""Errors whose messages are written for the caller: those that more than one room knows.

TrackbackError
├── PingRefused    a ping or its ping URL is not accepted           → TrackBack error 1, HTTP 200
├── BadQuery       a request's parameters are invalid               → JSON or the author's page, HTTP 400
├── TableBusy      the table's throughput ceiling is reached        → TrackBack error 1, HTTP 429 for readers
├── FetchFailed    a page cannot be fetched (`web.http.failures`)   → a verdict: unreachable, with the reason
├── TooCostly      a page takes too long to read (`web.budget`)     → the same
├── PostUnreadable     the author's post is unreadable (`sending`)      → exit status 1, a retry
├── FeedUnreadable     the author's feed is unreadable (`sending`)      → the same
├── LedgerBroken   a file is not a ledger (`model.sent_ping`)       → exit status 1
├── BadRule        a rule is invalid (`model.rule`)                 → exit status 1, HTTP 400
├── BadSettings    a setting is invalid                             → the author's form again, HTTP 400
├── TokenExpired    a signed link has expired (`signing`)            → a page with the next step, HTTP 410
├── TokenInvalid    a signed link is invalid (`signing`)             → the same, HTTP 400
├── MailFailed     an email was not accepted (`notifications.mail`) → the delivery log, and a retry
├── NotRemoved     a test ping was not removed (`cli.doctor.probe`) → exit status 1
├── NoSuchPing     the table holds no ping with that id             → exit status 1
├── ApiUnknown     the API is not found (`storage.api_address`)     → the same
├── NotServed      a post is on no served blog (ditto)              → the same
└── StatusChanged  another decision came first                      → exit status 1

An exit status is the command line's. Messages never contain a stranger's input; some quote AWS.
"""


class TrackbackError(Exception):
    """Base class; `str()` is the message for the caller."""


class PingRefused(TrackbackError):
    """The ping is not accepted; the message tells its sender what to change."""


class BadQuery(TrackbackError):
    """A reader's request is invalid; the message tells the reader what to send."""


class BadSettings(TrackbackError):
    """A setting is invalid; the message tells the author what to write."""


class TableBusy(TrackbackError):
    """The table's throughput ceiling is reached, as in a flood; the caller should retry later."""


class NoSuchPing(TrackbackError):
    """The table holds no ping with that id."""


class StatusChanged(TrackbackError):
    """The ping's status changed after the decision was based on it."""
