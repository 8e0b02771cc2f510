"""Which column holds what: by its name, by its unit, or as `--columns` says."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

from ..errors import DynsurError, unknown_name
from .sheet import Sheet
from .titles import WORDS, Title, title_of
from .units import same_dimension, unit_of

Rule = Callable[[Title], bool]
STEP, SWEEP, DECIMAL = "step", "sweep", "decimal"
MARKS = {"comma": ",", "point": "."}


@dataclass(frozen=True)
class Quantity:
    """What a column is wanted for.

    Args:
        name: Its name in messages and in `--columns`.
        units: Its unit; None for any, which is then the SI unit of the column's own.
        symbol: Another name that a column may have.
    """

    name: str
    units: str | None
    symbol: str = ""


@dataclass(frozen=True)
class Choice:
    """What `--columns NAME=COLUMN:UNIT` says of one name: a name or number, and a unit or None."""

    column: str
    unit: str | None = None


@dataclass(frozen=True)
class Source:
    """The column that holds a quantity: its place from 0, its name, its unit or None."""

    position: int
    name: str
    unit: str | None


def parse_columns(text: str | None) -> dict[str, Choice]:
    """Read `time=1,voltage=Reading:mV`.

    Args:
        text: Names of quantities, each with a column's name or its number from 1, and a unit if
            the column does not say it; `step=0.01:s` for the time between rows, `sweep=2` for
            one of several sweeps and `decimal=comma` are written alike.

    Raises:
        DynsurError: It is written otherwise.

    >>> parse_columns("time=1:ms,voltage=Reading")["time"]
    Choice(column='1', unit='ms')
    """
    chosen: dict[str, Choice] = {}
    for part in _parts(" ".join((text or "").split())):
        name, sign, column = (piece.strip() for piece in part.partition("="))
        if not (name and sign and column):
            raise DynsurError(
                "--columns takes NAME=COLUMN with commas between them, e.g. "
                f"--columns time=1,voltage=3; got '{part.strip()}'."
            )
        if name in chosen:
            raise DynsurError(f"--columns names '{name}' twice.")
        head, colon, unit = column.rpartition(":")
        if colon and head and unit_of(unit) is not None:
            chosen[name] = Choice(head.strip(), unit.strip())
        else:
            chosen[name] = Choice(column)
    return chosen


def join_columns(chosen: Mapping[str, Choice]) -> str | None:
    """Write choices as `parse_columns` reads them; None if there are none."""
    texts = (f"{n}={c.column}" + (f":{c.unit}" if c.unit else "") for n, c in chosen.items())
    return ",".join(texts) or None


def sweep_number(chosen: Mapping[str, Choice]) -> int | None:
    """Return which sweep `--columns sweep=NUMBER` chooses, counted from 1, or None."""
    if SWEEP not in chosen:
        return None
    text = chosen[SWEEP].column
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) >= 1):
        raise DynsurError(f"--columns sweep={text} must be a whole number from 1.")
    return int(text)


def decimal_mark(chosen: Mapping[str, Choice]) -> str | None:
    """Return the mark that `--columns decimal=comma` or `decimal=point` names, or None."""
    if DECIMAL not in chosen:
        return None
    text = chosen[DECIMAL].column
    if text not in MARKS:
        raise DynsurError(f"--columns decimal={text} must be decimal=comma or decimal=point.")
    return MARKS[text]


def _parts(text: str) -> list[str]:
    """Split at commas; a part without "=" belongs to the name in front of it."""
    parts: list[str] = []
    for part in text.split(",") if text.strip() else []:
        if parts and "=" not in part:
            parts[-1] += f",{part}"
        else:
            parts.append(part)
    return parts


def titles_of(sheet: Sheet, names: Container[str] = ()) -> list[Title]:
    """Return the heads of a sheet's columns, [] if it has none; see `title_of` for `names`."""
    below = sheet.units or [""] * len(sheet.names)
    return [title_of(*pair, names) for pair in zip(sheet.names, below, strict=True)]


def choose(
    sheet: Sheet, wanted: Sequence[Quantity], chosen: Mapping[str, Choice]
) -> dict[str, Source]:
    """Return the column of each quantity.

    Raises:
        DynsurError: A column is missing, or several may be meant; names `--columns`.
    """
    titles = titles_of(sheet)
    found = {
        quantity.name: chosen_column(sheet, titles, quantity.name, chosen[quantity.name])
        for quantity in wanted
        if quantity.name in chosen
    }
    left = [quantity for quantity in wanted if quantity.name not in found]
    if not titles:
        return found | _in_order(sheet, wanted, left, found)
    for quantity in left:
        others = [other for other in wanted if other is not quantity]
        used = {source.position for source in found.values()}
        found[quantity.name] = _named(sheet, titles, quantity, others, used, wanted)
    return {quantity.name: found[quantity.name] for quantity in wanted}


def named_in(sheet: Sheet, quantities: Sequence[Quantity]) -> list[str]:
    """Return the names of the quantities that the heads of a sheet's columns name."""
    heads = [title.name for title in titles_of(sheet)]
    lowered = {head.lower() for head in heads}
    return [
        q.name for q in quantities if q.name.lower() in lowered or (q.symbol and q.symbol in heads)
    ]


def chosen_column(sheet: Sheet, titles: Sequence[Title], name: str, choice: Choice) -> Source:
    """Return the column that `--columns` names for a quantity."""
    names = [title.text for title in titles]
    by_number = choice.column.isascii() and choice.column.isdecimal() and len(choice.column) < 9
    places = [i for i, text in enumerate(names) if text == choice.column] or [
        i for i, t in enumerate(titles) if choice.column.lower() in (t.text.lower(), t.name.lower())
    ]
    if len(places) > 1:
        raise DynsurError(
            f"'{sheet.path}' has several columns '{choice.column}'; give --columns {name}=NUMBER, "
            f"counted from 1."
        )
    if not places and by_number:
        if not 1 <= int(choice.column) <= sheet.width:
            raise DynsurError(
                f"--columns {name}={choice.column}: '{sheet.path}' has {sheet.width} columns."
            )
        places = [int(choice.column) - 1]
    if not places:
        error = unknown_name("column", choice.column, [text for text in names if text])
        raise DynsurError(f"--columns {name}={choice.column}: '{sheet.path}' has an {error}")
    title = titles[places[0]] if titles else Title("", "")
    if choice.unit is None:
        refuse_strange(sheet, places[0], title)
    return Source(places[0], title.text, choice.unit or title.unit)


def refuse_strange(sheet: Sheet, position: int, title: Title) -> None:
    """Refuse a column whose brackets hold something that is no unit."""
    if title.strange:
        raise DynsurError(
            f"{sheet.title(position)} of '{sheet.path}' is in '{title.strange}', a unit that is "
            f"not known; say it as --columns NAME={position + 1}:UNIT."
        )


def _refuse_magnitude(sheet: Sheet, position: int, title: Title, quantity: Quantity) -> None:
    """Refuse a current or a voltage without its sign, unless it was chosen."""
    signed = quantity.units is not None and any(same_dimension(quantity.units, u) for u in "VA")
    if signed and title.is_magnitude and quantity.name.lower() != title.text.lower():
        raise DynsurError(
            f"{sheet.title(position)} of '{sheet.path}' is a magnitude, without the sign of "
            f"{quantity.name}; give a column with signs, or take this one with --columns "
            f"{quantity.name}={position + 1}."
        )


def _in_order(
    sheet: Sheet,
    wanted: Sequence[Quantity],
    left: Sequence[Quantity],
    found: Mapping[str, Source],
) -> dict[str, Source]:
    """Take the columns of a table without names in the order of what is wanted."""
    used = {source.position for source in found.values()}
    free = [i for i in range(sheet.width) if i not in used]
    if left and sheet.misfit:
        raise DynsurError(f"{sheet.misfit} {_advice(wanted)}")
    if len(free) != len(left) and left:
        raise DynsurError(
            f"'{sheet.path}' has no names above its {sheet.width} columns; expected "
            f"{_expected(wanted)}. {_advice(wanted)}"
        )
    return {q.name: Source(i, "", None) for q, i in zip(left, free, strict=False)}


def _named(
    sheet: Sheet,
    titles: Sequence[Title],
    quantity: Quantity,
    others: Sequence[Quantity],
    used: set[int],
    wanted: Sequence[Quantity],
) -> Source:
    """Return a quantity's column by the first rule that finds any."""
    free = [i for i in range(len(titles)) if i not in used]
    for rule in _rules(quantity, others, len(free) == 1):
        places = [i for i in free if rule(titles[i])]
        if len(places) > 1:
            several = " and ".join(f"{i + 1} '{titles[i].text}'" for i in places[:4])
            raise DynsurError(
                f"several columns of '{sheet.path}' may hold {quantity.name}: {several}. "
                f"{_advice(wanted)}"
            )
        if places:
            refuse_strange(sheet, places[0], titles[places[0]])
            _refuse_magnitude(sheet, places[0], titles[places[0]], quantity)
            return Source(places[0], titles[places[0]].text, titles[places[0]].unit)
    names = ", ".join(title.text or "''" for title in titles)
    raise DynsurError(
        f"no column of '{sheet.path}' is {quantity.name}"
        f"{f' [{quantity.units}]' if quantity.units else ''}: it names {names:.120}; expected "
        f"{_expected(wanted)}. {_advice(wanted)}"
    )


def _rules(quantity: Quantity, others: Sequence[Quantity], only: bool) -> list[Rule]:
    """Return what may tell a quantity's column, the surest first.

    Args:
        quantity: What is wanted.
        others: What is wanted besides.
        only: Whether a single column is left, whose name may then say nothing.
    """
    units = quantity.units
    names = {quantity.name.lower()}

    def measures(title: Title) -> bool:
        return title.unit is not None and units is not None and same_dimension(title.unit, units)

    def free(title: Title) -> bool:
        return title.unit is None or measures(title) or units is None

    rules: list[Rule] = [lambda t: t.name.lower() in names]
    if quantity.symbol:
        rules.append(lambda t: t.name == quantity.symbol and free(t))
    alone = all(q.units is None or units is None or not same_dimension(q.units, units)
                for q in others)  # fmt: skip
    if units is None:
        own = {q.name for q in others} | {"time"}
        rules.append(lambda t: t.name.lower() not in own and t.kind != "s" and not t.strange)
    elif alone:
        kind = next((unit for unit in WORDS if same_dimension(unit, units)), "")
        rules.append(lambda t: t.kind == kind != "" and free(t) and not t.strange)
        rules.append(lambda t: measures(t) and t.kind in (None, kind))
        if only and kind != "s":
            rules.append(lambda t: t.is_generic and t.unit is None and not t.strange)
    return rules


def _expected(wanted: Sequence[Quantity]) -> str:
    return " and ".join(f"{q.name} [{q.units}]" if q.units else q.name for q in wanted)


def _advice(wanted: Sequence[Quantity]) -> str:
    example = ",".join(f"{q.name}=COLUMN" for q in wanted)
    rate = ", or step=SECONDS for rows at a constant rate" if wanted[0].name == "time" else ""
    return f"Choose them with --columns {example} (names or numbers from 1{rate})."
