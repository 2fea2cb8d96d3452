"""Processes a stored ping: check its source, judge it, moderate it.

Read `check_run` and `verifier` first: it fetches the source by `admission`, runs `source_check`, then
`spam/policy`, and stores the outcome. `moderation` holds the author's decisions, `bulk` those about a whole
search. `sweep` finds the pings that nothing has checked.
"""
