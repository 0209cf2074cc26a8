"""What the ways in share: each speaks the bridge's JSON-RPC and imports `dmp_core.api`, nothing else of the core."""
