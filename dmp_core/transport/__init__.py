"""HTTPS with a client certificate: the only place that knows the HTTP library, and keys that lie in files."""
