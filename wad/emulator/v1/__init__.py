"""Generated WhatsApp messages of the emulator: see protos/wad/emulator/v1/whatsapp.proto."""
