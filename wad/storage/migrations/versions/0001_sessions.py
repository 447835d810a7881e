"""The table of sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("desired", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("removal", sa.Text),
        sa.Column("user_jid", sa.Text),
        sa.Column("user_lid", sa.Text),
        sa.Column("user_push_name", sa.Text),
        sa.Column("user_platform", sa.Text),
        sa.Column("user_business_name", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("last_activity_at", sa.Float, nullable=False),
        sa.Column("connected_at", sa.Float),
        sa.Column("auto_reconnected", sa.Boolean, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("reconnects", sa.Integer, nullable=False),
        sa.Column("messages_sent", sa.Integer, nullable=False),
        sa.Column("messages_received", sa.Integer, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("error_reason", sa.Text),
        sa.Column("error_message", sa.Text),
        sa.Column("error_at", sa.Float),
    )
