"""Tools that send: e-mail and webhooks."""
