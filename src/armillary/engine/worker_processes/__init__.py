"""Task runs in processes of their own."""
