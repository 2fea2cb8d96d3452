"""What the service costs: a price list and measured figures, applied to what template.yaml deploys.

Read in this order: `line` (one line of a bill), `prices` and `measured` (the data files), `parts` and
`deployment` (what the template says), `usage` (what invocations use), then the bills: `idle`, `pings`,
`views`, `flood`. `report` collects them, `levers` changes them, `text` prints them, `document` writes
docs/costs.md and the README's table, and `reasons` says why a budget is not met. `measure` makes
measured.toml, by `cases`, `events`, `sources` and `metering`.
"""
