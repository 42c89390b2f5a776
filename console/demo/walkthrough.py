# SPDX-License-Identifier: Apache-2.0
"""``demo --headless``: one whole emergency on real parts, told step by step. A step that does not do what it says
ends the story with exit status 5. No step is simulated."""

from pathlib import Path

from console.actions.station import lifecycle
from console.demo import aftermath, emergency, preparation
from console.demo.story import Story, tell, write
from console.language import say


def run(folder: Path) -> None:
    """Tell the whole emergency in a fresh folder; raises ``Misused`` (story_broken) where it does not hold."""
    write(say("The glass breaks: one emergency, from founding to the next one. Everything below is really done."))
    story = Story(folder)
    try:
        preparation.tell_it(story)
        act = emergency.tell_it(story)
        aftermath.tell_it(story, act)
    finally:
        lifecycle.lock(story.place.locked)
        story.place.close()
    write("")
    write(say("Done. Every step did what it says. To look around, with the PIN of legal-ops-1 from step 1:"))
    tell(
        f"breakglass station unlock --as legal-ops-1 --station {story.settings.folder}",
        say("Then, with the same --station: overview, station check, journal list, credential list."),
        say("(From a checkout, packaging/run stands for breakglass.)"),
    )
