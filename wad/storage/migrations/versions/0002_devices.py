"""What makes a session a device, and its heartbeats."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; the sessions that are there are no devices."""
    for name in ("phone_number", "id", "name", "user_agent", "ip_address", "platform"):
        op.add_column("sessions", sa.Column(f"device_{name}", sa.Text))
    op.add_column("sessions", sa.Column("last_heartbeat_at", sa.Float))
    op.add_column("sessions", sa.Column("failed_heartbeats", sa.Integer, nullable=False, server_default="0"))
