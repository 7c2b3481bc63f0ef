from django.db import models
from django.db.models import F, Q

LANGUAGES = [("en", "English"), ("pl", "Polski"), ("hu", "Magyar")]


class Customer(models.Model):
    """Somebody we serve."""

    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=160)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    user = models.OneToOneField("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class Contact(models.Model):
    """One way to reach a customer; telephone numbers in E.164."""

    KINDS = [("phone", "Telephone"), ("email", "E-mail")]
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=10, choices=KINDS)
    value = models.CharField(max_length=254)
    label = models.CharField(max_length=60, blank=True)
    preferred = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(F("customer"), F("kind"), F("value"), name="one_contact_once")]
        indexes = [models.Index(fields=["kind", "value"])]

    def __str__(self) -> str:
        return self.value


class Site(models.Model):
    """A place we serve: address in words, position in degrees (WGS 84) when known."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="sites")
    street = models.CharField(max_length=160)
    postcode = models.CharField(max_length=16, blank=True)
    city = models.CharField(max_length=80)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    access_notes = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="site_on_earth"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        return ", ".join(part for part in (self.street, f"{self.postcode} {self.city}".strip()) if part)


class Service(models.Model):
    """What the customer has from us at a site (a line, a router, a TV box)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="services")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    number = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Consent(models.Model):
    """What the customer agreed to or refused, when and how; the newest row of a purpose counts."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    given = models.BooleanField()
    at = models.DateTimeField()
    how = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose}: {self.given}"


class TimelineEntry(models.Model):
    """One thing that happened to a customer: the contact history, of which there is only one."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="timeline")
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    key = models.CharField(max_length=200, unique=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "-at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def visit_id(self) -> int | None:
        """The visit it is about, when it is about one."""
        noun, _, number = self.subject.partition(":")
        return int(number) if noun == "visit" else None
