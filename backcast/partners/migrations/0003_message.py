"""Mail waits in the database until what it tells of is committed."""

import uuid

from django.db import migrations, models

from backcast.core.security import audited


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_audit_and_row_security")]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("recipient", models.EmailField(max_length=254)),
                ("subject", models.CharField(max_length=250)),
                ("text", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
        ),
        # Anyone may put a message in the queue; only the system reads it or marks it as sent.
        migrations.RunSQL(
            [
                "ALTER TABLE partners_message ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY partners_message_queue ON partners_message FOR INSERT"
                " TO backcast_app WITH CHECK (true)",
                "CREATE POLICY partners_message_system ON partners_message"
                " TO backcast_app, backcast_worker"
                " USING (current_setting('backcast.kind', true) = 'system')"
                " WITH CHECK (current_setting('backcast.kind', true) = 'system')",
            ],
            [
                "DROP POLICY partners_message_system ON partners_message",
                "DROP POLICY partners_message_queue ON partners_message",
                "ALTER TABLE partners_message DISABLE ROW LEVEL SECURITY",
            ],
        ),
        audited("partners_labourarea_adjoining"),
    ]
