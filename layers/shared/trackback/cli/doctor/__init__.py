"""Checks of `trackback doctor`: a published post, its markup, its embed and the API behind it.

Read `examine` first: it runs the checks in order. Each check yields findings (`finding`). `aws` runs those of
`trackback doctor --aws`.
"""
