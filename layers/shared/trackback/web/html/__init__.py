"""Pages: tokens, links, the text around a link, and the author's own article.

Read `tokenizer` first, then `page` (does a page link to a post) and `article` (what a post links to).
"""
