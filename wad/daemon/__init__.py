"""The daemon: configuration, wiring, start and stop."""
