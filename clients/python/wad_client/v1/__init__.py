"""The contract of wad, generated from its protos."""
