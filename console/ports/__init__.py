# SPDX-License-Identifier: Apache-2.0
"""What the actions need of the outside world, a topic a file.

The adapters fit these by shape; ``console.wiring`` joins them and mypy checks the fit. The fakes of the tests implement
them too, and the same contract tests run on the fakes and on the real things.
"""
