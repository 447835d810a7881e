"""Generated code of package wad.v1; see protos/wad/v1."""
