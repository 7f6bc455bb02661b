"""Who may talk to the server: tokens, browsers that signed in, and what every request must look like."""
