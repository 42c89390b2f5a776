# SPDX-License-Identifier: Apache-2.0
"""The journal's outside: SQLCipher file, journal thread, mirror, export, lease."""
