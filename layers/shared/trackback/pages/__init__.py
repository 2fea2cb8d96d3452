"""Web pages: `public/` for readers, `admin/` for the author. `templates` renders the author's pages."""
