"""Commands on the home, its server, settings and database."""
