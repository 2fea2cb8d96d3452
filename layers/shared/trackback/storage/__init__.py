"""Records in DynamoDB, messages in SQS, and secrets in SSM.

Read `keys` (every kind of record) and `table` (conditional writes, reads and queries) first, then `pings` and
`updates`: a change of a ping as one conditional update. Each other kind of record has a module with its name.
"""
