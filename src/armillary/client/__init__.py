"""Reading and asking about runs: one interface, whoever answers.

:class:`~armillary.client.interface.Client` is what every implementation offers;
:class:`~armillary.client.in_process.InProcessClient` answers from the ledger of a home.
"""
