"""The rules of a session's life: pure, without I/O, clock or chance of their own."""
