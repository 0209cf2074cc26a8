"""What the host may ask: each method is a few lines over a service."""
