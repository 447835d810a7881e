"""wad: a supervisor daemon for WhatsApp linked-device sessions."""
