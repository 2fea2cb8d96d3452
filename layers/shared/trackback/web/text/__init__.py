"""Text from bytes: charsets, characters, and removal of markup.

Read `charset` and `plain_text`; `japanese` adds what Python's codecs lack, `diff` compares two texts.
"""
