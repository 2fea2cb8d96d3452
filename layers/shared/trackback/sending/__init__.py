"""Sends pings from the author's posts to the pages they link to.

`sender` does one run, `post_run` one post, `attempt` one ping. `feed_poll` finds new posts. `throttle` limits
the rate per site.
"""
