"""The gRPC services: they convert, call one manager method, and convert back."""
