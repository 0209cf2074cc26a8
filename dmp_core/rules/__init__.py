"""The rules that ANS publishes for CDA documents (XSD, schematrons, value sets): installed, translated once, run.

They run in a process of their own, without network, files or much memory; the rules themselves are never shipped.
"""
