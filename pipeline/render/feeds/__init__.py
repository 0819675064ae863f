"""The feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, an item an issue and an item an entry, archives (RFC 5005)."""
