"""Domain types (ping, post, rule, setting, sent ping) and their state transitions. Pure: no I/O.

Read `posts` and `ping` first, then `verdict` and `transitions`: every change of a stored ping is one of its
functions. `sent_ping`, `feed_state` and `sending_limits` are the counterparts for the author's own pings, and
`protocol` names what pings travel in.
"""
