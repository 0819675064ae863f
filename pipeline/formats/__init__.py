"""Other people's formats as values: images by their first bytes, trees of XML and HTML, web pages, feeds."""
