"""Emulated cards with test data: CPS3, CPS4, Vitale, and cards that lie; and the readers that they are put in.

Written from public facts (ANS Cryptolib, OpenSC, cardpeek); nothing of a real card is in here. Cards are plain Python
(`apdu(command)` gives the answer); `vpcd.Slot` puts one in a virtual reader of pcscd, where any PC/SC program finds it.
"""
