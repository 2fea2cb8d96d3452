"""Text from bytes: which charset, which characters, what is left of markup.

Read `charset` and `plain_text`; `japanese` is what Python's codecs lack, `diff` shows what changed.
"""
