"""What works on this computer and what does not: readers, cards, certificates, network, plugins; in French.

A check looks and changes nothing: no code is shown to a card, no patient is asked about. What is absent is a finding.
"""
