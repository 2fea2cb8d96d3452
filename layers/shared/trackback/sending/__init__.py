"""The author's own posts ping what they link to.

`sender` runs one round, `post_run` one post, `attempt` one ping. `feed_poll` finds new posts; `throttle`
keeps a run polite to each site.
"""
