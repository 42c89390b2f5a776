# SPDX-License-Identifier: Apache-2.0
"""Sentences about cameras, typing scanners and PDF files."""

from console.sentences.template import Sentences

# fmt: off
REFUSED: Sentences = {
    # --- a typing scanner
    "scanner_too_long": ("The scanner typed more than {most} letters in one line.",
        "Set it to send Enter after each code, then scan again."),
    "scanner_letter": ("The scanner typed {letter}, which no picture of this program has.",
        "Let it learn your keyboard, then scan again."),
    "scanner_garbled": ("What the scanner typed is no picture of this program.",
        "If it types wrong letters, let it learn your keyboard, then scan again."),
    "scanner_silent": ("The scanner typed nothing.",
        "Put the focus into the field, then scan the calibration code."),
    "scanner_keys_lost": ("The scanner typed {came} letters, and the calibration code has {expected}.",
        "Some key writes nothing alone. Set scanner and computer to the same keyboard, or slow it down."),
    "scanner_unsteady": ("The letter {letter} came once as {first} and once as {second}.",
        "Scan the calibration code again; if it stays so, slow the scanner down."),
    "scanner_ambiguous": ("The letters {other} and {letter} both come as {arrived}.",
        "Set scanner and computer to the same keyboard, then scan the calibration code again."),
    "files_too_large": ("{file} and the files before it are too large together.",
        "Name only the files that belong to it."),
    "frame_numbers_wrong": ("{part} is no picture: they are numbered from 1 to {count}.",
        "Type numbers like this: 2, 5-7."),
    # --- PDF files
    "pdf_too_long": ("The PDF file has more pages, or is larger, than this program reads.",
        "Keep only the pages with pictures, at most 20."),
    "pdf_unreadable": ("The PDF file could not be read, or took too much time or memory.",
        "Make pictures of its pages, as PNG or JPEG, and take those."),
}
UNAVAILABLE: Sentences = {
    "pdf_reader_missing": ("The program that reads PDF files is not installed: pdftoppm.",
        "Install poppler-utils, or take the pages as PNG or JPEG."),
    "camera_gone": ("The camera {camera} does not answer any more.",
        "Plug it in again, then choose it once more."),
    "camera_denied": ("This user may not use the camera {camera}.",
        "Add the user to the group video, or take the pictures in as files."),
    "camera_busy": ("Another program uses the camera {camera}.",
        "Close that program, then choose the camera once more."),
    "camera_unsuited": ("The camera {camera} delivers no pictures that this program knows.",
        "Use another camera, a scanner, or files."),
}
