"""TrackBacks for blogs without a server: the package that every function imports.

Rooms, from the top: `cli` and `pages` meet people; `receiving`, `sending` and `notifications` do the work;
`protocols` and `storage` speak to senders and to AWS; `web` reads other people's pages; `model` says what
there is. Below them is the vocabulary: `urls`, `signing`, `gateway` (API Gateway's events), `errors`,
`timestamps`, `outcomes` (metrics) and `request_log`.

A room imports only from rows below its own, and never from a sibling: `make lint` checks it (import-linter).
ARCHITECTURE.md follows one ping through the rooms.
"""
