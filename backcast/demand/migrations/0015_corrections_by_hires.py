import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("demand", "0014_publishing_audit_and_row_security")]

    operations = [
        migrations.AddField("publication", "corrected", models.BooleanField(default=False)),
        migrations.AddField("publishing", "corrected", models.BooleanField(default=True)),
        migrations.CreateModel(
            name="PublicationCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("factor", models.FloatField()),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.organisation",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="demand.publication",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["publication", "employer"],
                        name="publication_corrects_an_employer_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(factor__gt=0),
                        name="publication_correction_is_above_nothing",
                    ),
                ]
            },
        ),
    ]
