"""The use cases, one module each; the only place that checks rights and that joins store, network and plugins."""
