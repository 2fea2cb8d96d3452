"""TrackBacks for blogs without a server.

The modules in the order in which a ping meets them:

`site` and `link` (which post, which source), `viewer` (who sends it), `form`, `charset` and `text` (what the
sender says), `ping` (the entity), `items`, `changes` and `table` (how and where it is kept), `answer`
(TrackBack's XML).
`verification` has a `look` at the source: `fetch`, `connection` and `network` bring it, `page`, `markup`,
`href` and `sentence` find the link, `reflection` sees through mirrors, `recent` and `pace` remember floods.
`policy` judges: `rules` are the author's, `tells` and `words` the service's, and `akismet` may be asked;
`evidence` goes in, a `verdict` comes out. `listing` is what readers get, as JSON or, where `negotiation`
finds that they prefer it, as a `list_page`. A `snippet` is what an author pastes for a post, with the files
of `embedding`. `cli`, `commands` and `terminal` are the author's command line; `publishing` tells it where
the service is.

`rdf` and `discovery` tell where a page takes pings. The `doctor` examines a published post: `signposts` are
for senders, `placement` (by `post_page` and `csp`) is for readers, `reception` is the API's, and `trial`
sends a ping.

Sending goes the other way: `article` (by `prose` and `outline`) reads what the author's own post links to,
`outgoing` makes pings of it, and `response` reads what receivers answer. An `order` of the author's, a `feed`
(by `following`) or what is due has `sending` do that, link by link (`mailing`, `courier`), within its
`manners`; the `ledger` is in the table (`table_ledger`) or in a file (`file_ledger`).
`dispatch` has its commands, `sent_pages` what the author's pages Send and Sent show.

Only `table` (by `dynamodb`), `fetch` (by `connection`), `order`, `file_ledger` and the command line touch the
world.
"""
