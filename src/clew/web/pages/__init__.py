"""The pages, one module each: read what the page shows, hand it to its template."""
