"""Use cases on a home's ledger, a file for each noun: what is decided once, whoever asks for it.

Each works in the transaction it is given, so a route can make it happen once under a key and a command can do several. A command opens
the ledger of its home; a server keeps one open; both are thin around what is here.
"""
