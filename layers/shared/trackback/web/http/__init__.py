"""A guarded HTTP client: public addresses only, with limits on time, size and redirects.

Read `client` first; `addresses` decides which addresses are public, `connection` connects, `decompression`
limits the size of bodies.
"""
