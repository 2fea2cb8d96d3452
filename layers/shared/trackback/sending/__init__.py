"""Sends pings from the author's posts to the pages they link to.

Read `sender` first: it does one run, `post_run` one post, `attempt` one ping, each with a `run_context`.
`job_run` does what the author asked for. `subscription` finds new posts in the feed, and `feed_poll` has them
sent. `throttle` limits the rate per site.
"""
