"""HTML: tokens, links, the text around a link, and the author's own article.

Read `tokenizer` and `reader` first, then `page` (whether a page links to a post) and `article` (what a post
links to).
"""
