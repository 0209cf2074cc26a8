"""The plugin author's kit: clocks, identifiers and stores to test with."""
