"""TrackBacks for blogs without a server: the package that every function imports.

Rooms, from the top: `cli` and `pages` are the interfaces for people; `receiving`, `sending` and
`notifications` do the work; `protocols` and `storage` talk to senders and to AWS; `web` fetches and parses
other people's pages; `model` holds the domain types. Below them: `urls`, `signing`, `gateway` (API Gateway
events), `errors`, `timestamps`, `outcomes` (metrics), `request_log` and `paths`.

A room imports only from rows below its own, and never from a sibling: `make lint` checks it (import-linter).
ARCHITECTURE.md follows one ping through the rooms.
"""
