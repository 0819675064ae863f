"""New links as they come in, from people, pages and feeds: held against what was published, then put down."""
