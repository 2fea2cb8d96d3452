"""Linkback protocols on the wire. `discovery` finds an endpoint; each protocol has its own folder."""
