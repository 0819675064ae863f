"""A newsletter of links, from a dated folder of entries to every edition of it."""
