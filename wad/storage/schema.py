"""The registry's tables, as the present program uses them; the migrations lead every older database here."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text

metadata: Final = MetaData()

sessions: Final = Table(
    "sessions",
    metadata,
    Column("session_id", Text, primary_key=True, nullable=False),
    Column("desired", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("removal", Text),
    Column("user_jid", Text),
    Column("user_lid", Text),
    Column("user_push_name", Text),
    Column("user_platform", Text),
    Column("user_business_name", Text),
    Column("created_at", Float, nullable=False),
    Column("last_activity_at", Float, nullable=False),
    Column("connected_at", Float),
    Column("auto_reconnected", Boolean, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("reconnects", Integer, nullable=False),
    Column("messages_sent", Integer, nullable=False),
    Column("messages_received", Integer, nullable=False),
    # JSON, decoded by wad.storage.rows and not by the database's driver: one damaged row must not hide all others.
    Column("policy", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("error_reason", Text),
    Column("error_message", Text),
    Column("error_at", Float),
    Column("device_phone_number", Text),
    Column("device_id", Text),
    Column("device_name", Text),
    Column("device_user_agent", Text),
    Column("device_ip_address", Text),
    Column("device_platform", Text),
    Column("last_heartbeat_at", Float),
    Column("failed_heartbeats", Integer, nullable=False, server_default="0"),
)

tokens: Final = Table(
    "tokens",
    metadata,
    Column("token_id", Text, primary_key=True, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("patterns", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float),
    Column("revoked_at", Float),
    Column("maker_id", Text, nullable=False),
)

replies: Final = Table(
    "replies",
    metadata,
    Column("caller", Text, primary_key=True, nullable=False),
    Column("request_id", Text, primary_key=True, nullable=False),
    Column("method", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("began_at", Float, nullable=False),
    Column("response", LargeBinary),
    Index("replies_by_age", "began_at"),
)

messages: Final = Table(
    "messages",
    metadata,
    Column("delivery_id", Integer, primary_key=True, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("push_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", Float, nullable=False),
    Column("stored_at", Float, nullable=False),
    Column("status", Integer),
    Index("messages_by_id", "session_id", "message_id", "chat", "sender", unique=True),
    Index("messages_by_age", "stored_at"),
    sqlite_autoincrement=True,  # a number that was acknowledged must never be another message's
)
