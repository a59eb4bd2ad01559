"""Ways in: passwords, one-time links, OpenID Connect; sessions and limits of attempts."""
