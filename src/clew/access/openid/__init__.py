"""Sign-in by OpenID Connect: discovery, the code flow with PKCE, who somebody is here."""
