"""Tokens that callers show, and answers that are given again to whoever repeats a request."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "tokens",
        sa.Column("token_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("patterns", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("expires_at", sa.Float),
        sa.Column("revoked_at", sa.Float),
        sa.Column("maker_id", sa.Text, nullable=False),
    )
    op.create_table(
        "replies",
        sa.Column("caller", sa.Text, primary_key=True, nullable=False),
        sa.Column("request_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("began_at", sa.Float, nullable=False),
        sa.Column("response", sa.LargeBinary),
    )
    op.create_index("replies_by_age", "replies", ["began_at"])
