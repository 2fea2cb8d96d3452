"""What DynamoDB, SQS and SSM hold.

Read `keys` (every kind of record) and `pings` first, then `updates`: a change as one conditional update. Each
other kind of record has a module of its name.
"""
