"""What keeps a server current: the keeper, the live stream, heartbeats, caches."""
