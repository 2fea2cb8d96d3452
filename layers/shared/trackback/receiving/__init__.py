"""What becomes of a ping after it was stored: its source is checked, judged, and decided about.

Read `verifier` first: it asks `source_check`, then `spam/policy`, and writes what follows. `moderation` is
what the author decides.
"""
