"""What the author hears of: pending pings by email, and events by webhook.

`mail_outbox` holds what waits, `ping_mail` words it, `mail` hands it to SES. `webhook` calls the author's
URL.
"""
