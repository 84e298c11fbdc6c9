"""Usage: files as last read, records with their versions, and what closed periods claim of them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "usage_files",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("read_at", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "name", name=op.f("pk_usage_files")),
    )
    op.create_table(
        "usage",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_usage")),
    )
    op.create_index(op.f("ix_usage_customer"), "usage", ["customer"], unique=False)
    op.create_index(op.f("ix_usage_source"), "usage", ["source"], unique=False)
    op.create_table(
        "usage_versions",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("end", sa.Text(), nullable=True),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cost", sa.Text(), nullable=True),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["owners.id"], name=op.f("fk_usage_versions_owner_id")),
        sa.ForeignKeyConstraint(["usage"], ["usage.key"], name=op.f("fk_usage_versions_usage")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_usage_versions")),
        sa.UniqueConstraint("usage", "until", name=op.f("uq_usage_versions_usage_until")),
    )
    op.create_index(op.f("ix_usage_versions_owner_id"), "usage_versions", ["owner_id"], unique=False)
    op.create_index(op.f("ix_usage_versions_start"), "usage_versions", ["start"], unique=False)
    op.create_table(
        "usage_claims",
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Text(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["owners.id"], name=op.f("fk_usage_claims_owner_id")),
        sa.ForeignKeyConstraint(["usage"], ["usage.key"], name=op.f("fk_usage_claims_usage")),
        sa.PrimaryKeyConstraint("customer", "period_start", "usage", name=op.f("pk_usage_claims")),
    )
    op.create_index(op.f("ix_usage_claims_usage"), "usage_claims", ["usage"], unique=False)
