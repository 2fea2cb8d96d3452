"""Linkback protocols on the wire; each has its own folder.

`discovery` finds a page's `Endpoint`, `clients` has the client that sends to it, and `outcome` is what comes
back.
"""
