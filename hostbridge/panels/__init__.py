"""The windows in French: each is a template over the answer of a method, and what its buttons ask of another.

A panel decides nothing and knows no service: it asks the methods that every host asks, with the rights of who works.
"""
