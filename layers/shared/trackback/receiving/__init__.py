"""Processes a stored ping: check its source, judge it, moderate it.

Read `verifier` first: it runs `source_check`, then `spam/policy`, and stores the outcome. `moderation` holds
the author's decisions. `sweep` finds the pings that nothing has checked.
"""
