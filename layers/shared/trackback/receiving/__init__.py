"""What happens to a ping after it is stored: its source is checked, judged, and moderated.

Read `verifier` first: it runs `source_check`, then `spam/policy`, and stores the outcome. `moderation` holds
the author's decisions.
"""
