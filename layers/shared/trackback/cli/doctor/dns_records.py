"""DNS look-ups with dnspython. Python's own library resolves only addresses."""

from dns.exception import DNSException
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.TXT import TXT
from dns.resolver import NXDOMAIN, NoAnswer, NoResolverConfiguration, Resolver

from trackback.errors import TrackbackError

SECONDS = 5
"""Time limit of one query in seconds."""


class NoDns(TrackbackError):
    """DNS gave no answer; the message says why."""


class Dns:
    """Queries DNS with this machine's configuration, or with another resolver."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver

    def cname(self, name: str) -> str:
        """Return the target of a CNAME record; empty if there is none.

        Raises:
            NoDns: No server answered.
        """
        return next(
            (str(it.target).rstrip(".") for it in self._ask(name, "CNAME") if isinstance(it, CNAME)), ""
        )

    def texts(self, name: str) -> list[str]:
        """Return a name's TXT records, each with its parts joined.

        Raises:
            NoDns: No server answered.
        """
        found = (it for it in self._ask(name, "TXT") if isinstance(it, TXT))
        return [b"".join(it.strings).decode("utf-8", "replace") for it in found]

    def _ask(self, name: str, kind: str) -> list[object]:
        try:
            resolver = self._resolver or Resolver()
            return list(resolver.resolve(f"{name}.", kind, lifetime=SECONDS, raise_on_no_answer=True))
        except (NXDOMAIN, NoAnswer):
            return []
        except NoResolverConfiguration as error:
            raise NoDns("this machine names no DNS server") from error
        except DNSException as error:
            raise NoDns(f"DNS does not answer: {type(error).__name__}") from error
