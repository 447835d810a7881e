"""Keeps gRPC's own log, which is for its developers, out of the terminal; imported before gRPC, it has an effect."""

import os

os.environ.setdefault("GRPC_VERBOSITY", "NONE")
