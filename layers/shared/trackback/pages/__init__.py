"""What people see in a browser: `public/` for readers, `admin/` for the author. `templates` renders both."""
