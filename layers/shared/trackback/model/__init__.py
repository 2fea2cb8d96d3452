"""What a ping, a post, a rule, a setting and a sent ping are, and what may happen to each. Pure.

Read `posts` and `ping` first, then `verdict` and `transitions`: every change of a stored ping is one of its
functions. `sent_ping`, `feed_state` and `sending_limits` are the same for the author's own pings.
"""
