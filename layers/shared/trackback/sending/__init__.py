"""Sends pings from the author's posts to the pages they link to.

`sender` does one run, `post_run` one post, `attempt` one ping; `means` is what a run works with. `job_run`
does what the author asked for, and `feed_poll` finds new posts. `throttle` limits the rate per site.
"""
