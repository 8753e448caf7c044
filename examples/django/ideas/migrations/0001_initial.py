from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Idea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=80)),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="why")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("planned", "planned"), ("done", "done")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("votes", models.PositiveIntegerField(default=0)),
                ("suggested", models.DateTimeField(auto_now_add=True)),
            ],
            options={"ordering": ("-votes", "-suggested")},
        ),
    )
