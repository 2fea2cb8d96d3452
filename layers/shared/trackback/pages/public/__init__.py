"""What readers get: the list of a post's pings as a page, the embed's files, and what to paste."""
