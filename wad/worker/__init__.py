"""The worker process: a thin binding to the engine's library, and a server on a unix socket.

It is kept small on purpose: asyncio from the standard library, protobuf, and the library itself. It imports nothing of
wad but ``wad.domain`` and ``wad.wire``, and it is the only place that imports neonize.
"""
