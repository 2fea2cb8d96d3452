"""The author's pages. `session` guards them, `views` fills them, `actions` and `settings_forms` act.

`mail_links` are the signed links of emails, which need no session.
"""
