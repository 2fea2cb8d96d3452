"""A guarded HTTP client: public addresses only, bounded in time, size and redirects.

Read `client` first; `addresses` judges each address, `connection` connects to it, `decompression` bounds
what comes.
"""
