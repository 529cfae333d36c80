"""Data mappings, error mapping and fallback."""

from intertie.lint.rules.mappings.cache_fallback_without_reads import cache_fallback_without_reads
from intertie.lint.rules.mappings.default_fallback_without_response import default_fallback_without_response
from intertie.lint.rules.mappings.duplicate_error_code import duplicate_error_code
from intertie.lint.rules.mappings.queue_fallback_without_writes import queue_fallback_without_writes
from intertie.lint.rules.mappings.queue_without_idempotency_key import queue_without_idempotency_key
from intertie.lint.rules.mappings.retried_status_fails import retried_status_fails
from intertie.lint.rules.mappings.retry_action_without_retries import retry_action_without_retries
from intertie.lint.rules.mappings.target_mapped_twice import target_mapped_twice

RULES = (
    target_mapped_twice,
    retry_action_without_retries,
    duplicate_error_code,
    cache_fallback_without_reads,
    queue_fallback_without_writes,
    default_fallback_without_response,
    queue_without_idempotency_key,
    retried_status_fails,
)
"""In the order of their codes."""
