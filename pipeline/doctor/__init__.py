"""What stands between a message and its readers: DNS, the server, the way to leave; only looked at."""
