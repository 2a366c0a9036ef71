"""Whose access feedback was given under: who may not see as much may not read it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("feedback", sa.Column("departments", sa.JSON))
    op.add_column("feedback", sa.Column("clearance", sa.Integer, nullable=False, server_default="3"))
    op.create_index("ix_feedback_created", "feedback", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_feedback_created", "feedback")
    op.drop_column("feedback", "clearance")
    op.drop_column("feedback", "departments")
