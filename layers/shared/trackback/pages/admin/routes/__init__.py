"""The routes of the author's pages, by subject. `router` guards them."""
