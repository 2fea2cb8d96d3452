"""How a ping is judged: `evidence` is what is known, `signals` are single signs, `policy` weighs them.

`rules` are the author's own, `bayes` and `training` learn from decisions, `flood` counts, `akismet` asks.
"""
