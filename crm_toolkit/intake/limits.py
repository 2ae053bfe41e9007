"""Every limit of the reader in one place: what is larger is refused with a letter, never half read."""

MEBIBYTE = 1024 * 1024

FILE_BYTES = 2048 * MEBIBYTE
"""The largest file, packed or not."""

BOMB_FLOOR = 48 * MEBIBYTE
"""From this unpacked size on, an archive that packs better than `BOMB_RATIO` is refused."""

BOMB_RATIO = 100
"""Honest tables pack 5 to 30 times; only a bomb packs better than this past `BOMB_FLOOR`."""

WORKBOOK_BYTES = 1024 * MEBIBYTE
"""The largest workbook after unpacking."""

ARCHIVE_ENTRIES = 5_000
"""The most files inside one archive or workbook."""

SHEET_CELLS = 30_000_000
"""The largest used area of a sheet, rows times columns."""

EXCEL_ROWS, EXCEL_COLUMNS = 1_048_576, 16_384
"""Excel has no more; a cell beyond is a damaged workbook, or a trap."""

HEADER_SEARCH = 60
"""How many lines from the top may hold the header."""

QUANTITY = 1e9
"""The largest quantity of one line that is believed."""

MONEY = 1e12
"""The largest price or amount of one line that is believed."""

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Dates outside these years are refused."""

PREVIEW_ROWS = 5
"""How many rows a preview shows."""

NAMED_ROWS = 8
"""How many row numbers a sentence names before it says “and 12 more”."""

PARQUET_ROWS = 200_000_000
"""The most rows of a Parquet file; a few bytes may claim billions."""
