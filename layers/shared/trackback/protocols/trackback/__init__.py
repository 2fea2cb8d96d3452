"""TrackBack 1.2 on the wire.

Receiving: `form`, `receive` and `xml`. Sending: `discovery` and `rdf` find a ping URL, `client` composes the
ping and sends it, and `response` parses the answer.
"""
