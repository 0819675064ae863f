"""How fast a build is: `make bench` measures it beside Hugo, which makes pages and RSS of the same content."""
