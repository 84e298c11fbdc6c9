"""Documents that are issued before their period closes: what they were rated with, and what they charge."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("invoices", sa.Column("basis", sa.Text(), nullable=True))
    op.create_table(
        "early_work",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["invoices.reference"], name=op.f("fk_early_work_reference")),
        sa.ForeignKeyConstraint(["work"], ["work.key"], name=op.f("fk_early_work_work")),
        sa.PrimaryKeyConstraint("reference", "work", name=op.f("pk_early_work")),
    )
