from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from blisko.kit.fields import WordsField, said

LANGUAGES = [("en", "English"), ("pl", "Polski"), ("hu", "Magyar")]


class Role(models.Model):
    """A set of permissions with a name; data that an admin edits."""

    code = models.SlugField(max_length=40, unique=True)
    names = WordsField()
    permissions = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    def __str__(self) -> str:
        return said(self.names) or self.code


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **more: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **more: Any) -> "User":
        user = self.create_user(email, password, **more)
        user.roles.add(Role.objects.get(code="admin"))
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who signs in, by e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    is_active = models.BooleanField(default=True)
    roles = models.ManyToManyField(Role, blank=True, related_name="+")

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def permissions(self) -> frozenset[str]:
        known: frozenset[str] | None = self.__dict__.get("_permissions")
        if known is None:
            known = frozenset(p for role in self.roles.all() for p in role.permissions) if self.is_active else frozenset()
            self.__dict__["_permissions"] = known
        return known

    @property
    def is_staff(self) -> bool:
        """Who may open the admin: whoever manages people."""
        return "accounts.manage" in self.permissions

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.has_perm("")

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm("")
