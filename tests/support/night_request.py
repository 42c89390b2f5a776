# SPDX-License-Identifier: Apache-2.0
"""What is prepared for a night without sign-in."""

from console.domain.canonical import Json

TEMPLATE: dict[str, Json] = {
    "category": "idp-down",
    "jurisdictions": ["DE"],
    "matters": ["M-2026-00117"],
    "minutes": 60,
    "releases": 4,
    "privilege": "none",
    "items": [{"credential": "idp-recovery-codes", "codes": 2}],
    "harm_if_delayed": "A time limit for an appeal may end today at midnight.",
    "alternatives_tried": ["service desk, then the delegated login"],
    "outage": [{"system": "identity provider", "symptom": "sign-in page times out", "how": "two networks"}],
}
