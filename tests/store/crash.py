"""Writers that are killed, and what must hold afterwards; run as a program of its own.

The program imports the toolkit once and opens nothing itself: every writer and every check is a fork of it, so a trial
costs a fraction of a second. What a writer was told to be saved it writes down at once with one call of the system,
which outlives its death.

    python crash.py kill URL TRIALS WRITERS SEED        one line of JSON: what was found
    python crash.py edit URL WRITERS EDITS              all writers change the same few rows
    python crash.py faults FILE FLIPS SEED              disk full, write-protected, locked, damaged, no database

Several jobs after one another, with ``+`` between them, get a line each: the import takes longer than a job.
"""

import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.store import ConflictError, database
from crm_toolkit.store.layout import TABLES
from crm_toolkit.store.search import index

FORMS_OF_A_TRIAL = ("purchase", "contact", "request", "profile")


def forked(work, *given):
    """Number of a child that does a piece of work and ends without tidying up."""
    child = os.fork()
    if child:
        return child
    try:
        work(*given)
        os._exit(0)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


def write_until_killed(url, seed, journal, ready):
    """Hand in forms without end; note what was acknowledged."""
    dice = random.Random(seed)
    notes = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    store = crm.Store.open(url, role="manager")
    customers = store.list("customers", limit=40)["customer_id"].tolist()
    product = int(store.list("products", limit=1)["product_id"][0])
    number = 0
    while True:
        number += 1
        if number == 2:
            os.write(ready, b".")
        form, customer = dice.choice(FORMS_OF_A_TRIAL), int(dice.choice(customers))
        mark = f"mark{os.getpid()}x{number}"
        if form == "purchase":
            values = {"customer_id": customer, "product_id": product, "quantity": 1, "method": "card", "unit_price": 5}
        elif form == "contact":
            values = {"customer_id": customer, "kind": "call", "subject": mark}
        elif form == "request":
            values = {"customer_id": customer, "kind": "complaint", "subject": mark}
        else:
            try:
                version = store.row("customers", customer)["version"]
                done = store.submit("profile", {"note": mark}, row=customer, expected_version=version)
            except ConflictError:
                continue
            os.write(notes, f"profile {customer} {done.version} {mark}\n".encode())
            continue
        done = store.submit(form, values)
        os.write(notes, f"{form} {done.key} 1 {mark}\n".encode())


def kill_trials(url, trials, writers, seed):
    """Start writers, kill them at a random moment, look at the database; again and again."""
    dice = random.Random(seed)
    total = {"trials": 0, "acknowledged": 0, "problems": []}
    with tempfile.TemporaryDirectory() as folder:
        for trial in range(trials):
            heard, ready = os.pipe()
            children = [
                forked(write_until_killed, url, seed * 1_000_003 + trial * 101 + place, f"{folder}/{place}", ready)
                for place in range(writers)
            ]
            os.close(ready)
            for _ in range(dice.randint(1, writers)):  # from somebody's first form on any moment may be the last
                os.read(heard, 1)
            time.sleep(dice.uniform(0.0, 0.15))
            for child in children:
                os.kill(child, signal.SIGKILL)
            for child in children:
                os.waitpid(child, 0)
            os.close(heard)
            answer = f"{folder}/answer"
            checker = forked(check_into, url, folder, answer)
            os.waitpid(checker, 0)
            found = json.loads(Path(answer).read_text()) if os.path.exists(answer) else {"problems": ["check died"]}
            total["trials"] += 1
            total["acknowledged"] = found.get("acknowledged", 0)
            total["problems"] += [f"trial {trial}: {problem}" for problem in found["problems"]]
            if total["problems"]:
                break
            Path(answer).unlink()
    return total


def check_into(url, folder, answer):
    """Write what is wrong with the database."""
    Path(answer).write_text(json.dumps(checked(url, folder)))


def checked(url, folder):
    """What is lost, half done, or contradicts itself."""
    engine = database.engine_for(url)
    acknowledged = [line.split() for place in Path(folder).glob("[0-9]*") for line in place.read_text().splitlines()]
    problems = []
    with database.reading(engine) as connection:

        def all_of(text):
            return connection.execute(sa.text(text)).all()

        orders = {row[0] for row in all_of("SELECT order_id FROM orders")}
        subjects = {row[0] for row in all_of("SELECT subject FROM contacts WHERE subject IS NOT NULL")}
        requests = {row[0] for row in all_of("SELECT request_id FROM requests")}
        versions = dict(tuple(row) for row in all_of("SELECT customer_id, version FROM customers"))
        for form, key, version, mark in acknowledged:
            there = {
                "purchase": int(key) in orders, "contact": mark in subjects,
                "request": int(key) in requests and mark in subjects,
                "profile": versions.get(int(key), 0) >= int(version),
            }  # fmt: skip
            if not there[form]:
                problems.append(f"lost: {form} {key}")
        bought = "(SELECT entity_id FROM audit WHERE entity = 'orders' AND action = 'create')"
        for what, halves in {
            "order without line": "SELECT order_id FROM orders WHERE order_id NOT IN "
            "(SELECT order_id FROM order_lines)",
            "line without order": "SELECT order_id FROM order_lines WHERE order_id NOT IN "
            "(SELECT order_id FROM orders)",
            "order without payment": f"SELECT order_id FROM orders WHERE order_id IN {bought} "
            "AND order_id NOT IN (SELECT order_id FROM payments)",
            "order without contact": f"SELECT order_id FROM orders WHERE order_id IN {bought} "
            "AND order_id NOT IN (SELECT order_id FROM contacts WHERE order_id IS NOT NULL)",
            "log without order": "SELECT 1 FROM audit WHERE entity = 'orders' AND entity_id NOT IN "
            "(SELECT order_id FROM orders)",
            "request without event": "SELECT request_id FROM requests WHERE request_id NOT IN "
            "(SELECT request_id FROM request_events)",
            "request without log": "SELECT request_id FROM requests WHERE entered_kind = 'employee' AND request_id "
            "NOT IN (SELECT entity_id FROM audit WHERE entity = 'requests' AND action = 'create')",
            "contact without log": "SELECT contact_id FROM contacts WHERE entered_kind = 'employee' AND kind = 'call' "
            "AND contact_id NOT IN (SELECT entity_id FROM audit WHERE entity = 'contacts' AND action = 'create')",
            "version without log": "SELECT customer_id FROM customers c WHERE version - 1 <> (SELECT count(*) FROM "
            "audit a WHERE a.entity = 'customers' AND a.entity_id = c.customer_id AND a.action = 'edit' "
            "AND a.field = 'note')",
        }.items():
            problems += [f"half: {what} {row[0]}" for row in all_of(halves)[:3]]
        if engine.dialect.name == "sqlite":
            problems += [str(row) for row in all_of("PRAGMA integrity_check") if row[0] != "ok"]
            problems += [f"points nowhere: {row}" for row in all_of("PRAGMA foreign_key_check")]
        key = "rowid" if engine.dialect.name == "sqlite" else "key"
        for entity in index.SEARCHED:
            kept = {row[0] for row in all_of(f"SELECT {key} FROM {index.table_of(entity)}")}
            meant = {row[0] for row in connection.execute(index.texts_of(entity))}
            if kept != meant:
                problems.append(f"index of {entity}: {len(kept - meant)} too many, {len(meant - kept)} missing")
        marks = [mark for form, _, _, mark in acknowledged if form in ("contact", "request")][-5:]
    engine.dispose()
    store = crm.Store.open(url)
    for mark in marks:
        if not store.search(mark).hits:
            problems.append(f"not found: {mark}")
    store.close()
    return {"acknowledged": len(acknowledged), "problems": problems}


def raise_incomes(url, customers, edits, seed, tell):
    """Add one unit to incomes, each time on top of what stands there; say how it went."""
    dice, done, refused, longest, fought = random.Random(seed), {}, [], 0.0, 0
    store = crm.Store.open(url)
    for _ in range(edits):
        customer = dice.choice(customers)
        while True:
            began = time.perf_counter()
            try:
                row = store.row("customers", customer)
                store.submit(
                    "profile", {"income_month": float(row["income_month"] or 0) + 1}, row=customer,
                    expected_version=int(row["version"]),
                )  # fmt: skip
            except ConflictError:
                fought += 1
                continue
            except InputError as letter:
                refused.append(str(letter))
            else:
                done[customer] = done.get(customer, 0) + 1
            longest = max(longest, time.perf_counter() - began)
            break
    store.close()
    tell({"done": done, "refused": refused, "longest": longest, "fought": fought})


def edit_together(url, writers, edits):
    """Many processes change three rows; what came of it."""

    def first(answer):
        store = crm.Store.open(url)
        rows = store.list("customers", limit=3)
        Path(answer).write_text(json.dumps(dict(zip(
            map(str, rows["customer_id"].tolist()), rows["income_month"].fillna(0).tolist(), strict=True
        ))))  # fmt: skip
        store.close()

    with tempfile.TemporaryDirectory() as folder:
        before = f"{folder}/before"
        os.waitpid(forked(first, before), 0)
        incomes = {int(key): value for key, value in json.loads(Path(before).read_text()).items()}
        children = [
            forked(raise_incomes, url, list(incomes), edits, place,
                   lambda told, place=place: Path(f"{folder}/{place}").write_text(json.dumps(told)))
            for place in range(writers)
        ]  # fmt: skip
        for child in children:
            os.waitpid(child, 0)
        os.waitpid(forked(first, f"{folder}/after"), 0)
        after = {int(key): value for key, value in json.loads(Path(f"{folder}/after").read_text()).items()}
        told = [json.loads(path.read_text()) for path in Path(folder).glob("[0-9]*")]
    raised = {key: sum(one["done"].get(str(key), 0) for one in told) for key in incomes}
    return {
        "writers": len(told), "refused": [letter for one in told for letter in one["refused"]],
        "raised": sum(raised.values()), "fought": sum(one["fought"] for one in told),
        "lost": sum(round(incomes[key] + raised[key] - after[key], 2) for key in incomes),
        "longest": max((one["longest"] for one in told), default=0),
    }  # fmt: skip


def told(work, *given):
    """What a forked child tells: codes of the letter that came, or whatever else came."""
    with tempfile.NamedTemporaryFile("r") as answer:

        def telling():
            try:
                said = work(*given)
            except InputError as letter:
                said = {"codes": [problem.code for problem in letter.problems], "letter": str(letter)}
            except BaseException as error:
                said = {"codes": ["crash"], "letter": repr(error)}
            with open(answer.name, "w") as file:
                json.dump(said, file)

        os.chmod(answer.name, 0o666)
        os.waitpid(forked(telling), 0)
        return json.loads(answer.read() or '{"codes": ["died"], "letter": ""}')


def fill_the_disk(path, allowance):
    """Write until the disk is full; how much was saved before."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = crm.Store.open(path)
    saved, customer = 0, int(store.list("customers", limit=1)["customer_id"][0])
    resource.setrlimit(resource.RLIMIT_FSIZE, (allowance, allowance))
    try:
        for _ in range(3_000):
            store.submit("contact", {"customer_id": customer, "kind": "call", "subject": "full", "body": "x" * 2_000})
            saved += 1
    except InputError as letter:
        return {"codes": [problem.code for problem in letter.problems], "letter": str(letter), "saved": saved}
    return {"codes": [], "letter": "", "saved": saved}


def as_nobody(work):
    """Do something as a user to whom write protection means something."""

    def done(*given):
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        return work(*given)

    return done


def read_and_write(path):
    """Open, read everything, save something."""
    from crm_toolkit.schema.store import STORE_TABLES

    store = crm.Store.open(path)
    try:
        rows = sum(len(store.tables(name)) for name in STORE_TABLES)
        store.list("customers", order="full_name")
        store.submit("contact", {"customer_id": 1, "kind": "call", "subject": "after all"})
        return {"codes": [], "letter": "", "rows": rows}
    finally:
        store.close()


def write_while_locked(path):
    """Save while somebody else is writing and does not end."""
    import sqlite3

    database.WAIT_SECONDS = 0.2
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        return read_and_write(path)
    finally:
        other.execute("ROLLBACK")


def faults(path, flips, seed):
    """Every fault on a copy of its own: what the letter says, and whether the old data are as they were."""
    import shutil

    dice, found = random.Random(seed), {}
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)

        def copy(name):
            place = Path(folder, name)
            place.mkdir()
            return shutil.copyfile(path, place / "crm.db")

        full = copy("full")
        found["disk full"] = told(fill_the_disk, full, full.stat().st_size + 300_000)
        found["disk full"]["after"] = told(counted, full)
        file = copy("file")
        os.chmod(file.parent, 0o777)
        os.chmod(file, 0o444)
        found["file write-protected"] = told(as_nobody(read_and_write), file)
        both = copy("folder")
        os.chmod(both, 0o444)
        os.chmod(both.parent, 0o555)
        found["folder write-protected"] = told(as_nobody(read_and_write), both)
        os.chmod(both.parent, 0o755)
        found["untouched"] = {"same": both.read_bytes() == file.read_bytes() == Path(path).read_bytes()}
        locked = copy("locked")
        found["locked"] = told(write_while_locked, locked)
        found["locked"]["after"] = told(counted, locked)
        for name, content in {"text": b"customer_id;name\n1;Anna\n", "zip": b"PK\x03\x04" + bytes(5_000)}.items():
            file = copy(name)
            file.write_bytes(content)
            found[name] = told(read_and_write, file)
        half = copy("half")
        half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
        found["cut in half"] = told(read_and_write, half)
        sound = Path(path).read_bytes()
        outcomes = []
        for number in range(flips):
            damaged = bytearray(sound)
            begin = dice.randrange(0, len(sound) - 64)
            if number % 2:  # the beginning of a page: what is in it
                begin = begin // 4096 * 4096
            for place in range(begin, begin + dice.choice((1, 8, 64))):
                damaged[place] ^= dice.randrange(1, 256)
            file = Path(folder, f"flip{number}.db")
            file.write_bytes(damaged)
            outcomes.append(told(read_and_write, file))
            for one in Path(folder).glob(f"flip{number}.db*"):
                one.unlink()
        found["byte flips"] = outcomes
    return found


def counted(path):
    """How many contacts there are, in a database that is whole."""
    store = crm.Store.open(path)
    with database.reading(store.engine) as connection:
        whole = connection.execute(sa.text("PRAGMA integrity_check")).scalar()
        filled = connection.execute(
            sa.select(sa.func.count()).select_from(TABLES["contacts"]).where(TABLES["contacts"].c.subject == "full")
        ).scalar()
    after = store.submit("contact", {"customer_id": 1, "kind": "call", "subject": "goes on"}).key
    store.close()
    return {"integrity": whole, "filled": filled, "goes_on": after}


if __name__ == "__main__":
    jobs = [[]]
    for word in sys.argv[1:]:
        if word == "+":
            jobs.append([])
        else:
            jobs[-1].append(word)
    for job, place, *numbers in jobs:
        known = {"kill": kill_trials, "edit": edit_together, "faults": faults}
        print(json.dumps(known[job](place, *map(int, numbers))), flush=True)
