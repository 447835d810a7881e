"""Benchmarks: the daemon beside two bare ways of running the same sessions, all against the emulator.

They measure and never judge a time: a run fails only if something does not work. ``make bench`` writes
``docs/benchmarks.md``; ``make bench-quick`` tries every measure with tiny sizes.
"""
