"""Markov attribution on a million paths: ours beside ChannelAttribution, which simulates.

`CONTESTANTS` names for each question the functions of this module that answer it; each takes the frame of paths and
the file that it came from, and returns what is timed. `make_data` writes the file, `assert_equal` compares the answers:
ours is exact, ChannelAttribution's is a simulation, so its credits must lie within what it promises of its own luck.

ChannelAttribution is under the GPL and prints an advertisement when imported; it runs with an interpreter of its own
and is no dependency. It also wants pandas, pyarrow, matplotlib, plotly, scipy, joblib and tqdm.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20231231
CHANNELS = 12
# ChannelAttribution's defaults: it walks 100,000 simulated paths in 10 parts and answers from one part. Of n simulated
# conversions a share r with the channel on the path has the relative error √((1 − r)/(r n)). With ten million walks it
# comes as near to the exact answer as this says, too.
WALKS, PARTS = 100_000, 10
MOST_ERRORS = 5.0


def make_data(file: Path, paths: int = 1_000_000) -> None:
    """Paths of one to twelve touches as text, one a row; a tenth converts, more of the longer ones."""
    luck = np.random.default_rng(SEED)
    names = np.array([f"channel_{number:02d}" for number in range(CHANNELS)], dtype=object)
    share = luck.dirichlet(np.full(CHANNELS, 2.0))
    length = luck.geometric(0.35, paths).clip(1, 12)
    flat = names[luck.choice(CHANNELS, size=int(length.sum()), p=share)]
    ends = np.cumsum(length)
    text = [" > ".join(flat[end - size : end]) for end, size in zip(ends, length, strict=True)]
    converted = (luck.random(paths) < 0.06 + 0.02 * np.minimum(length, 6)).astype("int64")
    frame = pd.DataFrame({"path": text, "conversions": converted, "unconverted": 1 - converted})
    frame.to_parquet(file, index=False)


def ours_markov(frame, _path):
    """paths_from_table and markov_attribution, exact."""
    return lambda: _exact(frame, 1)


def ours_markov_order_2(frame, _path):
    """The same, with a memory of two touches."""
    return lambda: _exact(frame, 2)


def _exact(frame: pd.DataFrame, order: int) -> pd.DataFrame:
    from crm_toolkit.analysis.attribution.markov import markov_attribution
    from crm_toolkit.analysis.attribution.paths import paths_from_table

    paths = paths_from_table(frame)
    table = markov_attribution(paths, order=order).table
    return table.assign(rate=paths.total / (paths.total + paths.unconverted.sum()))


def channel_attribution_markov(frame, _path):
    """ChannelAttribution's markov_model, simulated."""
    return lambda: _simulated(frame, 1)


def channel_attribution_markov_order_2(frame, _path):
    """The same, with a memory of two touches."""
    return lambda: _simulated(frame, 2)


def _simulated(frame: pd.DataFrame, order: int) -> pd.DataFrame:
    from ChannelAttribution import markov_model

    found = markov_model(frame, "path", "conversions", var_null="unconverted", order=order, nsim_start=WALKS,
                         nfold=PARTS, verbose=False, flg_pro=False)  # fmt: skip
    names = {"channel_name": "channel", "total_conversions": "conversions"}
    return found.rename(columns=names)[list(names.values())]


CONTESTANTS = {
    "markov_attribution": {"crm_toolkit": "ours_markov", "ChannelAttribution": "channel_attribution_markov"},
    "markov_attribution, order 2": {
        "crm_toolkit": "ours_markov_order_2",
        "ChannelAttribution": "channel_attribution_markov_order_2",
    },
}


def assert_equal(exact: pd.DataFrame, simulated: pd.DataFrame) -> None:
    """Refuse to time answers that differ by more than the simulation's own error."""
    ours, theirs = (table.set_index("channel").sort_index() for table in (exact, simulated))
    assert list(ours.index) == list(theirs.index)
    wanted, found = ours["conversions"], theirs["conversions"]
    assert abs(wanted.sum() - found.sum()) < 1e-6 * wanted.sum(), "all conversions are shared out"
    effect = ours["removal_effect"]
    error = np.sqrt((1 - effect) / (effect * WALKS / PARTS * ours["rate"]))
    apart = (found / wanted - 1).abs() / error
    assert (apart < MOST_ERRORS).all(), f"{apart.idxmax()} is {apart.max():.1f} errors of the simulation apart"


def main() -> None:
    """One run on this machine of whatever is installed here: a quick look."""
    import tempfile
    import time

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paths.parquet"
        make_data(file)
        frame = pd.read_parquet(file)
        for question, names in CONTESTANTS.items():
            answers = []
            for name, function in names.items():
                run = globals()[function](frame, file)
                begin = time.process_time()
                try:
                    answers.append(run())
                except ImportError:
                    print(f"{question}: {name} is not installed")
                    continue
                print(f"{question}: {name} {time.process_time() - begin:.2f} s CPU")
            if len(answers) == 2:
                assert_equal(*answers)


if __name__ == "__main__":
    main()
