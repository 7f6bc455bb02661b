"""Bytes by key: folders, fsspec URLs, git, memory; and the blocks that name them."""
