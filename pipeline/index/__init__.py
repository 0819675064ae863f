"""What issues carried, in one SQLite file that is made from them and may be deleted at any time."""
