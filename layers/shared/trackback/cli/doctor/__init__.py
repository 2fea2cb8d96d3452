"""What `trackback doctor` checks: a published post, its markup, its embed and the API behind it.

Read `examine` first: it runs the checks in order. Each check yields findings (`finding`).
"""
