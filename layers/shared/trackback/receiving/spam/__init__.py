"""How a ping is judged: `evidence` holds what is known, `signals` produce reasons, `policy` weighs them.

`rules` are the author's own, `bayes` and `training` learn from decisions, `flood` counts similar pings,
`akismet` asks Akismet.
"""
