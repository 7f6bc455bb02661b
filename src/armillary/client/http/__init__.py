"""The client that asks a server, a file for each noun."""
