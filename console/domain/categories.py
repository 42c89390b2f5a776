# SPDX-License-Identifier: Apache-2.0
"""Why the glass is broken: each category of a request, with what it is called in a list and said on a page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """A category of requests."""

    name: str
    label: str
    sentence: str


CATEGORIES = (
    Category("idp-down", "Identity provider down", "Sign-on is down"),
    Category("crm-down", "CRM down", "The CRM is down"),
    Category("llm-down", "Language model down", "The model is down"),
    Category("total", "Everything down", "Everything is down"),
    Category("security", "Security incident", "Security incident"),
    Category("loss-of-staff", "Loss of staff", "Loss of staff"),
)
LABELS = {category.name: category.label for category in CATEGORIES}
SENTENCES = {category.name: category.sentence for category in CATEGORIES}
