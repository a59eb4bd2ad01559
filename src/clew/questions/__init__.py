"""Questions: a query becomes partials per bucket, merged, then statistics, then an answer. REGISTRY lists them all."""
