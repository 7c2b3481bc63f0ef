"""Give and take keys, write the audit trail, count tries, forget in time."""

from blisko.access.services.answers import Answer, answer_once
from blisko.access.services.audit import write_audit
from blisko.access.services.keys import give_key, give_token, move_key_end, reveal_token, revoke_key, revoke_keys_to, take_key
from blisko.access.services.programs import issue_api_key, revoke_api_key
from blisko.access.services.rates import spend
from blisko.access.services.retention import keep_days, run_retention

__all__ = [
    "Answer",
    "answer_once",
    "give_key",
    "give_token",
    "issue_api_key",
    "keep_days",
    "move_key_end",
    "reveal_token",
    "revoke_api_key",
    "revoke_key",
    "revoke_keys_to",
    "run_retention",
    "spend",
    "take_key",
    "write_audit",
]
