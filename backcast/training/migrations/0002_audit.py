"""Changes to programs, lists and published outcomes are audited."""

from django.db import migrations

from backcast.core.security import audited


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("core", "0002_actor_and_audit")]

    operations = [
        audited("training_program"),
        audited("training_programoccupation"),
        audited("training_programcredential"),
        audited("training_programstage"),
        audited("training_programstart"),
        audited("training_programbasis"),
        audited("training_publishedoutcome"),
        audited("training_columnmapping"),
        audited("training_columnchoice"),
        audited("training_listload"),
    ]
