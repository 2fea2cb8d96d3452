"""Records in DynamoDB, messages in SQS, and secrets in SSM.

Read `keys` (every kind of record) and `pings` first, then `updates`: a change as one conditional update. Each
other kind of record has a module with its name.
"""
