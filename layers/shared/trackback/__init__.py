"""TrackBacks for blogs without a server.

The modules in the order in which a ping meets them: `site` and `link` (which post, which source), `form`,
`charset` and `text` (what the sender says), `ping` (the entity), `items` and `table` (how and where it is
kept), `answer` (TrackBack's XML) and `listing` (what readers get). `cli` is the author's command line.
Only `table` and `cli` touch the world.
"""
