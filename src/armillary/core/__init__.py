"""Pure records and decisions: no I/O, no clock, no globals, no threads.

Import the noun you need from its module, for example ``from armillary.core.states import State``.
"""
