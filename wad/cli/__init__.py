"""The two commands: ``wad`` runs the daemon, ``wadctl`` talks to it."""
