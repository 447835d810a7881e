"""What outlives the daemon: the registry of sessions, their directories, and the lock on both."""
