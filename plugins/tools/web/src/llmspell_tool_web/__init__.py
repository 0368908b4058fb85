"""Tools for the web: requests, pages as text, search, feeds, sitemaps, downloads."""
