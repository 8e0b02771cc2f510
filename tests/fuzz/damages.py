"""Damages to a file, drawn by hypothesis."""

import json
import shutil

from hypothesis import strategies as st

GARBAGE = b"\x00\xff\xfe{]\n\x80"


@st.composite
def damages(draw, files):
    """Draw a file of a list, a kind of damage and where it strikes."""
    file = draw(st.sampled_from(files))
    kind = draw(st.sampled_from(sorted(KINDS)))
    return file, kind, draw(st.integers(0, 2**31))


def _flip(path, number):
    content = bytearray(path.read_bytes())
    if content:
        content[number // 8 % len(content)] ^= 1 << number % 8
    path.write_bytes(content)


def _cut(path, number):
    content = path.read_bytes()
    path.write_bytes(content[: number % max(1, len(content))])


def _insert(path, number):
    content = path.read_bytes()
    place = number % (len(content) + 1)
    path.write_bytes(content[:place] + GARBAGE + content[place:])


def _replace_by_folder(path, number):
    path.unlink()
    path.mkdir()


def _change_json(path, number):
    """Put a value of another type in place of one of a JSON file; flip a bit of any other."""
    try:
        values = json.loads(path.read_text("utf-8"))
    except (ValueError, UnicodeDecodeError):
        return _flip(path, number)
    others = [None, [], {}, "text", -1, 1.5, True, "[/x]"]
    places = list(_places(values))
    if not places:
        return path.write_text(json.dumps(others[number % len(others)]), "utf-8")
    holder, key = places[number % len(places)]
    holder[key] = others[number // len(places) % len(others)]
    return path.write_text(json.dumps(values), "utf-8")


def _places(values):
    keys = values.keys() if isinstance(values, dict) else range(len(values))
    for key in list(keys):
        yield values, key
        if isinstance(values[key], dict | list):
            yield from _places(values[key])


KINDS = {
    "lost": lambda path, number: path.unlink(),
    "empty": lambda path, number: path.write_bytes(b""),
    "flipped": _flip,
    "cut": _cut,
    "longer": _insert,
    "garbage": lambda path, number: path.write_bytes(GARBAGE),
    "a folder": _replace_by_folder,
    "other JSON": _change_json,
}


def apply(folder, damage):
    """Damage a file below a folder."""
    file, kind, number = damage
    KINDS[kind](folder / file, number)


def fresh(source, target, names):
    """Copy files and folders of a folder anew."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for path in (source / name for name in names):
        (shutil.copytree if path.is_dir() else shutil.copy)(path, target / path.name)
