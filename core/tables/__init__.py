"""One reader of tables: text of any dialect, workbooks and parquet, with names and units."""

from .choice import (
    DECIMAL,
    SWEEP,
    Choice,
    Quantity,
    Source,
    chosen_column,
    decimal_mark,
    join_columns,
    named_in,
    parse_columns,
    sweep_number,
    titles_of,
)
from .reader import Table, column_in, read_sheet, read_table, si_unit
from .recording import (
    RecordedResponse,
    RecordedSignals,
    Recording,
    read_recording,
    read_response,
    read_responses,
    read_signals,
)
from .sheet import Sheet
from .summary import on_plateau, plateau, understood
from .titles import Title, title_of
from .units import convert

__all__ = [
    "DECIMAL",
    "SWEEP",
    "Choice",
    "Quantity",
    "RecordedResponse",
    "RecordedSignals",
    "Recording",
    "Sheet",
    "Source",
    "Table",
    "Title",
    "chosen_column",
    "column_in",
    "convert",
    "decimal_mark",
    "join_columns",
    "named_in",
    "on_plateau",
    "parse_columns",
    "plateau",
    "read_recording",
    "read_response",
    "read_responses",
    "read_signals",
    "read_sheet",
    "read_table",
    "si_unit",
    "sweep_number",
    "title_of",
    "titles_of",
    "understood",
]
