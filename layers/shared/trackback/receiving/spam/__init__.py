"""Judges a ping: `evidence` holds the facts, `signals` produce reasons, `policy` weighs them.

`rules` are the author's own, `bayes` and `training` learn from decisions, `flood` counts similar pings,
`akismet` asks Akismet.
"""
