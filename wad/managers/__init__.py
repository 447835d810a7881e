"""Those who keep sessions: they drive the machines, and know nothing of sockets, processes or databases."""
