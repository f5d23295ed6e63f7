"""The view of deals, in the words of the database at hand."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# distinct: PostgreSQL would let a plain view be written to, and what is written so has no event
VIEW = """
create view selling_deal as select distinct
    id, {name} as name, {stage} as stage, {outcome} as outcome, {owner} as owner,
    {amount} || ' ' || {currency} as amount, {expected_close} as expected_close, version
from sales_entity where tenant = '' and kind = 'Deal'
"""
FIELDS = ("name", "stage", "outcome", "owner")


def make_view(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        fields = {field: f"body::jsonb ->> '{field}'" for field in FIELDS}
        fields |= {part: f"(body::jsonb -> 'amount' ->> '{part}')" for part in ("amount", "currency")}
        fields["expected_close"] = "(body::jsonb ->> 'expected_close')::date"
    else:
        fields = {field: f"json_extract(body, '$.{field}')" for field in (*FIELDS, "expected_close")}
        fields |= {part: f"json_extract(body, '$.amount.{part}')" for part in ("amount", "currency")}
    schema_editor.execute(VIEW.format(**fields))


def drop_view(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("drop view selling_deal")


class Migration(migrations.Migration):
    initial = True

    dependencies = (("django_storage", "0001_initial"),)

    operations = (
        migrations.CreateModel(
            name="DealRow",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("stage", models.TextField()),
                ("outcome", models.TextField()),
                ("owner", models.TextField(null=True)),
                ("amount", models.TextField(null=True)),
                ("expected_close", models.DateField(null=True)),
                ("version", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "deal",
                "db_table": "selling_deal",
                "ordering": ("id",),
                "permissions": (("work_deal", "Can move deals"),),
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
        migrations.RunPython(make_view, drop_view),
    )
