"""The contestants of ``benchmarks.world``; each runs alone in a fresh process, a peer's with an interpreter of its own.

A contestant takes its job and prepares: imports, and a small warm-up that fills caches. What it returns is run once
under the clock. CPU seconds are those of user and system with all threads and with child processes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Job = dict[str, Any]
CDNOW = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}  # weeks; the scenario "bgnbd" holds the same
MARITAL = ("single", "married", "divorced", "widowed")
EDUCATION = ("secondary", "vocational", "bachelor", "master")
RESIDENCE = ("metropolis", "city", "town", "village")
FOUR_TABLES = ("customers", "orders", "order_lines", "payments")
RECIPE = """
- object: Customer
  fields:
    name: {fake: Name}
    email: {fake: Email}
    phone: {fake: PhoneNumber}
    city: {fake: City}
    birth_date: {date_between: {start_date: -80y, end_date: -18y}}
  friends:
    - object: Order
      count: 5
      fields:
        customer: {reference: Customer}
        ordered_at: {date_between: {start_date: -2y, end_date: today}}
      friends:
        - object: Line
          count: 2
          fields:
            order: {reference: Order}
            item: {random_choice: [haircut, shave, colouring]}
            quantity: {random_number: {min: 1, max: 3}}
            unit_price: {random_number: {min: 10, max: 90}}
        - object: Payment
          fields:
            order: {reference: Order}
            amount: {random_number: {min: 10, max: 270}}
            method: {random_choice: [card, cash, transfer]}
"""


@dataclass
class Work:
    """What is timed, and what is then told of its result."""

    run: Callable[[], Any]
    facts: Callable[[Any], dict[str, Any]]


def _spec(job: Job, **smaller: int) -> Any:
    from crm_toolkit.world.setting import scenario
    from crm_toolkit.world.simulation import checked_spec

    chosen = scenario(job["scenario"], locale="en_US", **job.get("changes", {}))
    numbers = {"customers": job["customers"], "weeks": job["weeks"], **smaller}
    return checked_spec(chosen, None, seed=job.get("seed", 1), **numbers)


def _rows(tables: Any) -> int:
    return sum(table.num_rows for table in tables.values())


# profiles


def ours_profiles(job: Job) -> Work:
    """people(...).table(), block by block."""
    import numpy as np

    from crm_toolkit.world.people.population import people
    from crm_toolkit.world.setting import scenario

    shop = scenario("barbershop", locale=job["locale"])
    size = 16_384

    def block(first: int, last: int) -> Any:
        made = people(np.arange(first, last), seed=1, demographics=shop.demographics, on=np.datetime64(shop.start))
        return made.table()

    def run() -> tuple[int, Any]:
        rows, sample = 0, None
        for first in range(1, job["rows"] + 1, size):
            table = block(first, min(first + size, job["rows"] + 1))
            rows += table.num_rows
            sample = sample or table
        return rows, sample

    def facts(result: tuple[int, Any]) -> dict[str, Any]:
        rows, table = result
        pairs = zip(table["last_name"].to_pylist(), table["email"].to_pylist(), strict=True)
        return {"rows": rows, "columns": table.num_columns, "named": _named(pairs)}

    block(1, 200)
    return Work(run, facts)


def _named(pairs: Iterator[tuple[str, str]]) -> float:
    """Share of e-mail addresses that hold the surname (of any length above 3, in Latin letters)."""
    held = [last.lower() in email.lower() for last, email in pairs if len(last) > 3]
    return sum(held) / len(held)


def faker(job: Job) -> Work:
    """Faker, names weighted as it does by default."""
    return _faker(job, weighted=True)


def faker_unweighted(job: Job) -> Work:
    """Faker, use_weighting=False."""
    return _faker(job, weighted=False)


def _faker(job: Job, *, weighted: bool) -> Work:
    from faker import Faker

    fake = Faker(job["locale"], use_weighting=weighted)
    fake.seed_instance(1)
    russian = job["locale"] == "ru_RU"
    region = fake.region if russian else fake.state

    def row(number: int) -> dict[str, Any]:
        female = fake.boolean()
        sex = "female" if female else "male"
        first = fake.first_name_female() if female else fake.first_name_male()
        last = fake.last_name_female() if female else fake.last_name_male()
        middle = None
        if russian:
            middle = fake.middle_name_female() if female else fake.middle_name_male()
        full = f"{last} {first} {middle}" if russian else f"{first} {last}"
        return {
            "customer_id": number,
            "sex": sex,
            "full_name": full,
            "last_name": last,
            "first_name": first,
            "middle_name": middle,
            "birth_date": fake.date_of_birth(minimum_age=18, maximum_age=80),
            "marital_status": fake.random_element(MARITAL),
            "children": fake.random_int(0, 3),
            "education": fake.random_element(EDUCATION),
            "profession": fake.job(),
            "income_month": fake.random_int(1000, 9000, 100),
            "city": fake.city(),
            "region": region(),
            "residence_type": fake.random_element(RESIDENCE),
            "email": fake.email(),
            "phone": fake.phone_number(),
            "consent": fake.boolean(70),
            "consent_email": fake.boolean(56),
            "consent_sms": fake.boolean(35),
        }

    return _listed(row, job["rows"])


def mimesis(job: Job) -> Work:
    """Mimesis, its providers called directly."""
    from mimesis import Address, Choice, Development, Gender, Locale, Numeric, Person

    russian = job["locale"] == "ru_RU"
    locale = Locale.RU if russian else Locale.EN
    person, address = Person(locale, seed=1), Address(locale, seed=1)
    choice, numeric, development = Choice(seed=1), Numeric(seed=1), Development(seed=1)

    def row(number: int) -> dict[str, Any]:
        female = development.boolean()
        gender = Gender.FEMALE if female else Gender.MALE
        first, last = person.first_name(gender=gender), person.last_name(gender=gender)
        middle = person.patronymic(gender=gender) if russian else None
        full = f"{last} {first} {middle}" if russian else f"{first} {last}"
        return {
            "customer_id": number,
            "sex": "female" if female else "male",
            "full_name": full,
            "last_name": last,
            "first_name": first,
            "middle_name": middle,
            "birth_date": person.birthdate(min_year=1945, max_year=2007),
            "marital_status": choice(MARITAL),
            "children": numeric.integer_number(0, 3),
            "education": choice(EDUCATION),
            "profession": person.occupation(),
            "income_month": numeric.integer_number(1000, 9000),
            "city": address.city(),
            "region": address.region(),
            "residence_type": choice(RESIDENCE),
            "email": person.email(),
            "phone": person.phone_number(),
            "consent": development.boolean(),
            "consent_email": development.boolean(),
            "consent_sms": development.boolean(),
        }

    return _listed(row, job["rows"])


def mimesis_field(job: Job) -> Work:
    """Mimesis, Field: values by the names of their methods."""
    from mimesis import Field, Gender, Locale

    russian = job["locale"] == "ru_RU"
    field = Field(Locale.RU if russian else Locale.EN, seed=1)

    def row(number: int) -> dict[str, Any]:
        female = field("development.boolean")
        gender = Gender.FEMALE if female else Gender.MALE
        first, last = field("person.first_name", gender=gender), field("person.last_name", gender=gender)
        middle = field("person.patronymic", gender=gender) if russian else None
        full = f"{last} {first} {middle}" if russian else f"{first} {last}"
        return {
            "customer_id": number,
            "sex": "female" if female else "male",
            "full_name": full,
            "last_name": last,
            "first_name": first,
            "middle_name": middle,
            "birth_date": field("person.birthdate", min_year=1945, max_year=2007),
            "marital_status": field("choice", items=MARITAL),
            "children": field("numeric.integer_number", start=0, end=3),
            "education": field("choice", items=EDUCATION),
            "profession": field("person.occupation"),
            "income_month": field("numeric.integer_number", start=1000, end=9000),
            "city": field("address.city"),
            "region": field("address.region"),
            "residence_type": field("choice", items=RESIDENCE),
            "email": field("person.email"),
            "phone": field("person.phone_number"),
            "consent": field("development.boolean"),
            "consent_email": field("development.boolean"),
            "consent_sms": field("development.boolean"),
        }

    return _listed(row, job["rows"])


def _listed(row: Callable[[int], dict[str, Any]], rows: int) -> Work:
    def facts(made: list[dict[str, Any]]) -> dict[str, Any]:
        pairs = ((one["last_name"], one["email"]) for one in made)
        return {"rows": len(made), "columns": len(made[0]), "named": _named(pairs)}

    for number in range(200):
        row(number)
    return Work(lambda: [row(number) for number in range(rows)], facts)


# purchases of the BG/NBD process


def ours_bgnbd(job: Job) -> Work:
    """The clock, then orders and order lines as Arrow tables."""
    from crm_toolkit.world.block import block_ids, blocks_of, live
    from crm_toolkit.world.record.book import open_book
    from crm_toolkit.world.record.orders import orders

    def lived(spec: Any) -> list[Any]:
        blocks = (live(spec, block_ids(spec, block)) for block in blocks_of(spec.customers))
        return [orders(open_book(spec, one))["orders"] for one in blocks]

    spec = _spec(job)
    lived(_spec(job, customers=300, weeks=4))
    return Work(
        lambda: lived(spec),
        lambda made: _repeats([one for table in made for one in table["customer_id"].to_pylist()], job["customers"]),
    )


def ours_bgnbd_world(job: Job) -> Work:
    """simulate(...).tables["purchases"]: all tables are made on the way."""
    from crm_toolkit.world.setting import scenario
    from crm_toolkit.world.simulation import simulate

    shop = scenario(job["scenario"], locale="en_US", **job["changes"])
    _ = simulate(shop, customers=300, weeks=4).tables["purchases"]
    size = {"customers": job["customers"], "weeks": job["weeks"]}
    return Work(
        lambda: simulate(shop, **size).tables["purchases"],
        lambda frame: _repeats(frame["customer_id"].tolist(), job["customers"]),
    )


def lifetimes(job: Job) -> Work:
    """lifetimes, beta_geometric_nbd_model_transactional_data."""
    import numpy as np
    from lifetimes.generate_data import beta_geometric_nbd_model_transactional_data as simulator

    def run(customers: int) -> Any:
        law = (CDNOW["r"], CDNOW["alpha"] * 7, CDNOW["a"], CDNOW["b"])
        return simulator(job["weeks"] * 7, *law, observation_period_end="2025-12-28", freq="D", size=customers)

    np.random.seed(1)  # noqa: NPY002  lifetimes draws from the global generator
    run(20)
    return Work(lambda: run(job["customers"]), lambda frame: _repeats(frame["customer_id"].tolist(), job["customers"]))


def _repeats(owners: list[int], customers: int) -> dict[str, Any]:
    """Mean number of purchases after the first, and its standard error."""
    counts: dict[int, int] = {}
    for owner in owners:
        counts[owner] = counts.get(owner, 0) + 1
    repeats = [count - 1 for count in counts.values()]
    mean = sum(repeats) / customers
    spread = (sum((one - mean) ** 2 for one in repeats) / customers) ** 0.5
    return {"rows": len(owners), "customers": len(repeats), "repeats": mean, "error": spread / customers**0.5}


# related tables


def ours_csv(job: Job) -> Work:
    """Customers, orders, order lines and payments as CSV; the rest of the world is made and dropped."""
    from pyarrow import csv

    from crm_toolkit.world.block import block_tables, blocks_of

    spec, folder = _spec(job), Path(job["folder"])
    block_tables(_spec(job, customers=300, weeks=4), 0)

    def run() -> int:
        rows = 0
        for block in blocks_of(spec.customers):
            tables = block_tables(spec, block)
            for name in FOUR_TABLES:
                csv.write_csv(tables[name], folder / f"{name}-{block}.csv")
                rows += tables[name].num_rows
        return rows

    return Work(run, lambda rows: {"rows": rows})


def snowfakery_csv(job: Job) -> Work:
    """Snowfakery into CSV."""
    return _snowfakery(job, "csv")


def snowfakery_json(job: Job) -> Work:
    """Snowfakery into JSON."""
    return _snowfakery(job, "json")


def _snowfakery(job: Job, form: str) -> Work:
    import io

    from snowfakery import generate_data

    def run(customers: int, folder: Path) -> int:
        folder.mkdir(exist_ok=True)
        where: dict[str, Any] = {"output_file": str(folder / "world.json")} if form == "json" else {}
        if form == "csv":
            where["output_folder"] = str(folder)
        number = (customers, "Customer")
        generate_data(io.StringIO(RECIPE), target_number=number, output_format=form, **where)
        return customers * (1 + 5 * (1 + 2 + 1))

    run(20, Path(job["folder"], "warm"))
    return Work(lambda: run(job["customers"], Path(job["folder"], "world")), lambda rows: {"rows": rows})


# whole worlds


def write(job: Job) -> Work:
    """write_world: every table as Parquet, with digests and the manifest."""
    from crm_toolkit.world.writing import write_world

    folder = Path(job["folder"])
    write_world(_spec(job, customers=300, weeks=4), folder / "warm", block_size=2048)
    options = {name: job[name] for name in ("block_size", "workers", "only") if name in job}

    def facts(manifest: Any) -> dict[str, Any]:
        files = list((folder / "world").rglob("*.parquet"))
        return {
            "rows": sum(record.rows for record in manifest.tables.values()),
            "came": manifest.tables["customers"].rows,
            "tables": len(manifest.tables),
            "bytes": sum(file.stat().st_size for file in files),
        }

    if options.get("workers", 1) > 1:
        from functools import partial

        options["make"] = partial(_made_and_watched, str(folder), os.getpid())
    return Work(lambda: write_world(_spec(job), folder / "world", **options), facts)


def _made_and_watched(folder: str, parent: int, spec: Any, block: int | None, **options: Any) -> Any:
    """The tables of a block; a worker notes its peak where `write` finds it, when it ends."""
    from multiprocessing import util

    from crm_toolkit.world.files.block_files import made

    if os.getpid() != parent and not globals().get("_WATCHED"):
        globals()["_WATCHED"] = True
        note = Path(folder, f"peak-{os.getpid()}")
        util.Finalize(None, lambda: note.write_text(str(own_peak() or 0)), exitpriority=1)
    return made(spec, block, **options)


def end_server() -> None:
    """End the server that forks workers: the system tells what these have used when it has ended."""
    server = sys.modules.get("multiprocessing.forkserver")
    if server is not None:
        server._forkserver._stop()


def make(job: Job) -> Work:
    """block_tables: every table of every block, not written."""
    from crm_toolkit.world.block import block_tables, blocks_of

    spec, size = _spec(job), job["block_size"]
    block_tables(_spec(job, customers=300, weeks=4), 0)
    return Work(
        lambda: sum(_rows(block_tables(spec, block, block_size=size)) for block in blocks_of(spec.customers, size)),
        lambda rows: {"rows": rows},
    )


def cold_simulate(job: Job) -> Work:
    """simulate, the first call of a process."""
    from crm_toolkit.world.simulation import simulate

    size = {"customers": job["customers"], "weeks": job["weeks"]}
    return Work(lambda: simulate(_shop(job), **size), lambda world: {"rows": _encounters(world)})


def warm_simulate(job: Job) -> Work:
    """simulate, after a small world."""
    from crm_toolkit.world.simulation import simulate

    size = {"customers": job["customers"], "weeks": job["weeks"]}
    simulate(_shop(job), customers=300, weeks=job["weeks"])
    return Work(lambda: simulate(_shop(job), **size), lambda world: {"rows": _encounters(world)})


def frames(job: Job) -> Work:
    """All tables of a simulated world as pandas frames."""
    from crm_toolkit.world.simulation import simulate

    size = {"customers": job["customers"], "weeks": job["weeks"]}
    dict(simulate(_shop(job), customers=300, weeks=4).tables)
    world = simulate(_shop(job), **size)
    return Work(
        lambda: dict(world.tables),
        lambda made: {"rows": sum(len(frame) for name, frame in made.items() if name != "purchases")},
    )


def compared(job: Job) -> Work:
    """compare: the scenario's own policy against the same with a tenth off."""
    from dataclasses import replace

    from crm_toolkit.firm import Pricing
    from crm_toolkit.world.comparison import compare

    shop = _shop(job)
    policies = {"usual": shop.policy, "cheaper": replace(shop.policy, pricing=Pricing(discount=0.1))}
    compare(shop, policies, customers=300, weeks=8)
    size = {"customers": job["customers"], "weeks": job["weeks"]}
    return Work(lambda: compare(shop, policies, **size), lambda result: {"rows": len(result.customers)})


def _shop(job: Job) -> Any:
    from crm_toolkit.world.setting import scenario

    return scenario(job["scenario"], locale="en_US")


def _encounters(world: Any) -> int:
    return sum(len(block.happened.encounters["time"]) for block in world.lived)


CONTESTANTS = {
    contestant.__name__: contestant
    for contestant in (
        ours_profiles,
        faker,
        faker_unweighted,
        mimesis,
        mimesis_field,
        ours_bgnbd,
        ours_bgnbd_world,
        lifetimes,
        ours_csv,
        snowfakery_csv,
        snowfakery_json,
        write,
        make,
        cold_simulate,
        warm_simulate,
        frames,
        compared,
    )
}


def own_peak() -> int | None:
    """Most memory of this process since it began; on Linux ``ru_maxrss`` keeps that of the process which started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def peaks(folder: Path) -> dict[str, int]:
    """Most memory that this process has held, and that any of its workers has, in bytes."""
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        return {"peak": int(psutil.Process().memory_info().peak_wset), "worker_peak": 0}
    unit = 1 if sys.platform == "darwin" else 1024
    own, child = (resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    if (peak := own_peak()) is not None:
        own, child = peak, max((int(note.read_text()) for note in folder.glob("peak-*")), default=0)
    return {"peak": own, "worker_peak": child}


def cpu_seconds() -> float:
    """User and system time of this process and of its finished children."""
    try:
        import resource
    except ImportError:  # Windows
        return time.process_time()
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def main() -> None:
    """Run one contestant once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(CONTESTANTS))
    parser.add_argument("job", type=json.loads)
    asked = parser.parse_args()
    try:
        work = CONTESTANTS[asked.name](asked.job)
    except ImportError as missing:
        print(json.dumps({"missing": str(missing)}))
        return
    cpu, wall = cpu_seconds(), time.perf_counter()
    result = work.run()
    wall = time.perf_counter() - wall
    end_server()
    spent = {"wall": wall, "cpu": cpu_seconds() - cpu, **peaks(Path(asked.job["folder"]))}
    print(json.dumps(spent | work.facts(result)))


if __name__ == "__main__":
    main()
