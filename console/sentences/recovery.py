# SPDX-License-Identifier: Apache-2.0
"""Sentences about recovery sheets, backup, restore and a new security module."""

from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    # --- printing sheets
    "unknown_group": ("There is no group {group}; known are: {known}.",
        "Use one of these names, or --for-station."),
    "sheets_impossible": ("{needed} of {count} sheets cannot be; at most {most} sheets make a set.",
        "Ask for at least one sheet, and for no more than there are."),
    "sheets_one_of_many": ("One of {count} sheets cannot be made: all {count} would be the same sheet.",
        "Choose 1-of-1, or let at least two sheets be needed."),
    "sheets_more_than_people": ("{group} has {people} people for {count} sheets, and nobody keeps two.",
        "Choose fewer sheets, or enrol more people first."),
    "sheets_too_weak": ("{needed} sheets of {group} would open what asks {asked} of its people.",
        "Let at least {asked} sheets be needed."),
    "copies_impossible": ("{copies} copies of a sheet are too many; at most {most} are printed.",
        "Choose fewer copies: each is as good as the sheet."),
    "sheets_not_on_disk": ("{folder} lies on a disk, where words of sheets would stay.",
        "Name the printer, or a folder in memory."),
    "spool_on_disk": ("The print system would keep the sheets on the disk, in {folder}.",
        "Have the administrator mount a memory file system there."),
    # --- words typed in
    "sheet_length": ("Sheet {sheet} has {words} words; {needed} stand on each sheet.",
        "Type this sheet again, word by word."),
    "sheet_word_unknown": ("Word {word} of sheet {sheet} is not a word of any sheet.",
        "Look at this word on the paper, then type the sheet again."),
    "sheet_word_wrong": ("Word {word} of sheet {sheet} is another one than on the paper.",
        "Look at this word on the paper, then type the sheet again."),
    "sheet_words_wrong": ("Several words of sheet {sheet} are wrong, or their order is.",
        "Type this sheet again, word by word."),
    "sheet_unknown": ("Sheet {sheet} was not printed by this station.",
        "Take the sheets with this station's name and vault on them."),
    "sheet_of_another_set": (
        "Sheet {sheet} is from the {slot}, generation {generation}; needed are the {wanted}, generation {needed}.",
        "Take the sheets that are named, and no others."),
    "sheet_twice": ("Sheet {sheet} was typed in twice.",
        "Take the sheet of another person."),
    "sheets_too_few": ("{group} gave {given} sheets; {needed} are needed.",
        "Fetch the missing sheets, then type all of them."),
    "sheets_too_many": ("{group} gave {given} sheets; exactly {needed} are needed.",
        "Leave the others closed, and type only as many as are needed."),
    "sheets_do_not_fit": ("These sheets do not belong together.",
        "Check which set each of them is of, then type them again."),
    # --- what sheets are used for
    "no_sheets": ("There are no recovery sheets of {slot} that fit.",
        "Look at them with: breakglass keyholder recovery status."),
    "sheets_spent": ("The sheets of {slot}, generation {generation}, were used before and are spent.",
        "Print new sheets; if that cannot wait, use these again with --again and the reason."),
    "sheets_would_stay": ("The sheets of {group} would go on counting after they signed.",
        "Take a proposal that replaces or removes them: policy propose, then keyholder enrol --onto."),
    "sheets_seen_before": ("Sheets of {group} that were taken away would count again.",
        "Print new sheets and read them back."),
    "sheets_of_one_group": ("The sheets of {group} stand in already, and only one group's may.",
        "Let the other groups approve with their tokens."),
    "sheets_of_several_generations": ("What is asked for is sealed to several generations of sheets of {group}.",
        "File one request for each generation."),
    "not_recoverable": ("{credential} does not open with recovery sheets of {group}.",
        "Have it issued anew where it is used, or let the people approve."),
    "witness_of_another_group": ("{member} cannot witness for the sheets of {group}.",
        "Let a keyholder of another group witness with their token."),
}

UNAVAILABLE: Sentences = {
    "printer_missing": ("No printer answers.",
        "Connect the printer by cable and switch it on, or name a folder in memory."),
    "folder_missing": ("There is no folder {folder}.",
        "Make the folder, or name another one."),
    "no_memory_folder": ("No folder in memory can be made on this computer.",
        "Connect a printer by cable, or ask the administrator for a folder in memory."),
    "not_printed": ("{name} was not printed.",
        "Shred what came out, mend the printer, then print a whole new set."),
}

CORRUPT: Verdicts = {
    "sheet_set_shape": "What is known about a set of recovery sheets has a wrong form.",
    "recovery_key_differs": "The sheets of {slot} make another key than the one with check value {check}.",
    "escrow_shape": "What is kept for the recovery sheets has a wrong form.",
    "escrow_differs": "What is kept for the recovery sheets lacks something that the station has.",
    "canary_shape": "The canary of a group has a wrong form.",
    "canary_of_another_set": "The canary of {slot} does not belong to the sheets in force.",
    "stand_in_shape": "What recovery sheets gave to a request has a wrong form.",
}
