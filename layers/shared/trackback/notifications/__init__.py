"""Notifies the author: pending pings by email, events by webhook.

`mail_outbox` queues what waits, `ping_mail` describes a ping, `mail` passes the message to SES. `webhook`
posts to the author's URL.
"""
