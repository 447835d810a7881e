"""Messages: what sessions have received until it is acknowledged, and how far has come what they have sent."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "messages",
        sa.Column("delivery_id", sa.Integer, primary_key=True, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("push_name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sent_at", sa.Float, nullable=False),
        sa.Column("stored_at", sa.Float, nullable=False),
        sa.Column("status", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("messages_by_id", "messages", ["session_id", "message_id", "chat", "sender"], unique=True)
    op.create_index("messages_by_age", "messages", ["stored_at"])
