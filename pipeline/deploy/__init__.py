"""The site, out to where readers find it: what of `out/` goes, in which order, and to which targets."""
