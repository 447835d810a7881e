"""Adapters of the Engine port: worker processes, and a simulation for tests."""
