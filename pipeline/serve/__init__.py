"""The site and the desk while they are worked on: made in memory of what the files say now, page by page."""
