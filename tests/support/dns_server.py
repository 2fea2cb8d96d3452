"""A DNS server on loopback. It knows some records, and answers NXDOMAIN for any other name."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from dns import flags, message, rcode, rdatatype, rrset
from dns.resolver import Resolver

Records = Mapping[tuple[str, str], str]
"""By name and type, with values as in a zone file: ("mail.example", "TXT"): '"v=spf1 -all"'."""


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer one query."""
        wire, connection = self.request
        query = message.from_wire(wire)
        reply = message.make_response(query)
        reply.flags |= flags.RA
        (question,) = query.question
        name, kind = question.name.to_text(omit_final_dot=True), rdatatype.to_text(question.rdtype)
        records = cast("_Server", self.server).records
        if value := records.get((name, kind)):
            reply.answer.append(rrset.from_text(question.name, 60, "IN", kind, value))
        elif not any(known == name for known, _ in records):
            reply.set_rcode(rcode.NXDOMAIN)
        connection.sendto(reply.to_wire(), self.client_address)


class _Server(socketserver.ThreadingUDPServer):
    daemon_threads = True

    def __init__(self, records: Records) -> None:
        self.records = records
        super().__init__(("127.0.0.1", 0), _Handler)


@contextmanager
def dns_server(records: Records) -> Iterator[Resolver]:
    """Serve records, and yield a resolver that queries only this server."""
    with _Server(records) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        resolver = Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        yield resolver
        server.shutdown()
        thread.join()
