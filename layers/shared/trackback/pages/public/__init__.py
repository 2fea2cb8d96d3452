"""What readers get: a post's list of pings, the embed's files, and the HTML to paste."""
