"""A stand-in for the world's engine: three small tables and a truth, made in no time, by name importable."""

import datetime as dt
import hashlib
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from crm_toolkit.streams import Stream

START = np.datetime64("2024-01-01", "s")


@dataclass(frozen=True)
class Scenario:
    name: str = "tiny"
    version: str = "1"
    locale: str = "en_US"
    currency: str = "EUR"
    start: dt.date = dt.date(2024, 1, 1)

    def fingerprint(self):
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True)
class Spec:
    customers: int = 20_000
    weeks: int = 4
    seed: int = 7
    scenario: Scenario = field(default_factory=Scenario)
    policy: str = "none"


def make(spec, block, *, block_size, truth):
    """Customers, orders and survey answers of a block; two products that all share."""
    if block is None:
        return {"products": pa.table({"product_id": [1, 2], "item": ["tea", "чай"], "list_price": [1.5, 2.25]})}
    ids = np.arange(block * block_size, min((block + 1) * block_size, spec.customers))
    count = np.floor(Stream(spec.seed, "orders").uniform(ids) * spec.weeks).astype(np.int64)
    customer = np.repeat(ids, count)
    number = np.arange(len(customer)) - np.repeat(np.cumsum(count) - count, count)
    luck = Stream(spec.seed, "order").uniform(customer, number)
    names = pa.DictionaryArray.from_arrays((ids % 3).astype(np.int8), ["Анна", "Bob", "李"])
    tables = {
        "customers": pa.table({
            "customer_id": ids,
            "first_name": names,
            "email": pa.array([f"c{number}@example.org" for number in ids]),
            "birth_date": pa.array((ids % 20_000).astype(np.int32)).cast(pa.date32()),
            "consent": ids % 2 == 0,
        }),
        "orders": pa.table({
            "order_id": customer * 100_000 + number,
            "customer_id": customer,
            "ordered_at": pa.array(START + np.floor(luck * 604_800 * spec.weeks).astype("timedelta64[s]")),
            "amount": np.round(luck * 100, 2),
        }),
        "surveys": pa.table({
            "survey_id": customer * 100_000 + number,
            "nps": pa.array((luck * 10).astype(np.int64), mask=luck < 0.5),
        }),
    }  # fmt: skip
    if truth:
        tables["truth.orders"] = pa.table({"order_id": customer * 100_000 + number, "performance": np.log(luck)})
    return tables


def make_slowly(spec, block, **options):
    """The same, with time to be killed in."""
    time.sleep(0.01)
    return make(spec, block, **options)


def make_and_lose_a_worker(spec, block, **options):
    """The same, but a worker ends without a word."""
    if multiprocessing.parent_process() is not None:
        os._exit(9)
    return make(spec, block, **options)


def make_until_the_disk_is_full(spec, block, **options):
    """The same, until a file may not grow any more."""
    if block == 3:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    return make(spec, block, **options)


def main():
    """``python tiny_world.py FOLDER WORKERS MAKER``: write a world, to be killed or starved from outside."""
    import tiny_world  # by name, so that workers find its functions

    from crm_toolkit.errors import CRMError
    from crm_toolkit.texts import language
    from crm_toolkit.world.writing import write_world

    folder, workers, maker = sys.argv[1:]
    language("en")
    maker = getattr(tiny_world, maker)
    try:
        write_world(tiny_world.Spec(), Path(folder), block_size=2_048, workers=int(workers), truth=True, make=maker)
    except CRMError as letter:
        sys.exit(str(letter))


if __name__ == "__main__":
    main()
