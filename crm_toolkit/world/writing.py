"""A world on disk: block after block, with any number of hands, and going on where it was interrupted.

Every block is made and written by one worker, which holds one block in memory; nothing is shared between blocks, so
the files are the same whatever the workers, their order and the interruptions.
"""

from __future__ import annotations

import errno
import gc
import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import TRUTH_TABLES, WORLD_TABLES, near_misses
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import format_number, language, say, say_count
from crm_toolkit.world.block import usual_block_size
from crm_toolkit.world.files.block_files import SHARED, Job, Make, finished_block, made, write_block
from crm_toolkit.world.files.folder import begun_with, opened, put
from crm_toolkit.world.files.loading import spare_pandas
from crm_toolkit.world.files.manifest import FILE, Manifest, identity, manifest_of, written

BRANCH = 2_048


@dataclass
class Progress:
    """How far the writing is.

    Parameters
    ----------
    done, blocks : int
        Blocks that are complete, and all of them.
    found : int
        Blocks of these that an earlier run had completed.
    rows : int
        Rows that this run has written.
    """

    done: int
    blocks: int
    found: int = 0
    rows: int = 0


@with_kinds_told
def write_world(
    spec: Any,
    folder: str | os.PathLike[str],
    *,
    block_size: int | None = None,
    workers: int = 1,
    truth: bool = False,
    only: Iterable[str] | None = None,
    order: Sequence[int] | None = None,
    progress: Callable[[Progress], object] | None = None,
    engine: Any = None,
    make: Make | None = None,
) -> Manifest:
    """Write a world as Parquet files, one for every table and block.

    The same call goes on where an interrupted one ended, and the files are the same as without the interruption.

    Parameters
    ----------
    spec : WorldSpec
        The world: scenario, policy, customers, weeks, seed.
    folder : path
        A new or empty folder, or one that holds this very world, finished or not.
    block_size : int, optional
        Customers of a block, a multiple of 2,048; a worker holds one block in memory. Without it that of the folder, or
        `block.usual_block_size`.
    workers : int
        Processes that write blocks side by side, this one among them. In a program of your own, more than one needs
        the usual ``if __name__ == "__main__":``.
    truth : bool
        Write the tables of truth as well, under ``truth/``.
    only : iterable of str, optional
        Names of tables to write; a table of truth is named ``truth.…``. All without it.
    order : sequence of int, optional
        The order in which the blocks are made; it changes nothing in the files.
    progress : callable, optional
        Called with a `Progress` at the start and after every block.
    engine : pyspark.sql.SparkSession, optional
        Let Spark's executors write the blocks instead of ``workers``; the folder must be one that they all see.
    make : callable, optional
        Another maker of tables, ``make(spec, block, *, block_size, truth)``; for tests.

    Returns
    -------
    Manifest
        What was written; it also stands in ``manifest.json``.

    Raises
    ------
    InputError
        If the folder holds another world or something else, can't be written, the disk is full, or a parameter
        makes no sense. What is complete stays, and no half file stands under a final name.
    """
    tables = None if only is None else tuple(sorted(set(only)))
    place = Path(folder).absolute()
    if block_size is None:
        block_size = begun_with(place) or usual_block_size(spec)
    facts = identity(spec, block_size=block_size, truth=truth, only=tables)
    blocks = _blocks(spec, block_size, workers, tables, order)
    mark = hashlib.sha256(written(facts).encode()).hexdigest()
    job = Job(spec, str(place), block_size, truth, tables, mark, make or made)
    state = Progress(0, len(blocks))
    with _letters(place, state), opened(place, facts):
        reports = [report for report in (finished_block(job, block) for block in blocks) if report]
        state.done = state.found = len(reports)
        there = {report["block"] for report in reports}
        shared = finished_block(job, SHARED) or write_block(job, SHARED)
        if progress:
            progress(state)
        waiting = [block for block in blocks if block not in there]
        with closing(_reports(job, waiting, workers, engine)) as coming:
            for report in coming:
                reports.append(report)
                state.done += 1
                state.rows += sum(record["rows"] for record in report["tables"].values())
                if progress:
                    progress(state)
        manifest = manifest_of(facts, [shared, *reports])
        put(place / FILE, manifest.text().encode())
    return manifest


def _reports(job: Job, waiting: Sequence[int], workers: int, engine: Any) -> Generator[dict[str, Any], None, None]:
    if engine is not None:
        from crm_toolkit.world.files.spark import write_blocks_on_spark

        yield from write_blocks_on_spark(engine, job, waiting)
    elif workers == 1 or len(waiting) < 2:
        yield from (write_block(job, block) for block in waiting)
    else:
        yield from _in_processes(job, waiting, min(workers, len(waiting)))


def _in_processes(job: Job, waiting: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
    """Keep every hand at one block; leaving early waits for the blocks in hand and begins no other.

    One of the hands is a thread of this process: it has loaded everything, and is at its first block while others begin
    to load.
    """
    coming, context = iter(waiting), _loading()
    with (
        ThreadPoolExecutor(1) as own,
        ProcessPoolExecutor(workers - 1, context, initializer=_prepare_worker, initargs=(str(language()),)) as others,
    ):
        hands = [own, *[others] * (workers - 1)]
        running: dict[Future[dict[str, Any]], Executor] = {}

        def begin(hand: Executor) -> None:
            for block in islice(coming, 1):
                running[hand.submit(write_block, job, block)] = hand

        for hand in hands:
            begin(hand)
        while running:
            done = wait(running, return_when=FIRST_COMPLETED).done
            for future in sorted(done, key=lambda one: one.exception() is not None):  # what is complete is told first
                hand = running.pop(future)
                yield future.result()
                begin(hand)


def _loading() -> Any:
    """The way in which processes start. Where a server can fork them, it begins to load what all of them need, once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    forkserver.set_forkserver_preload(["crm_toolkit.world.files.hands"])
    forkserver.ensure_running()
    return multiprocessing.get_context("forkserver")


def _prepare_worker(spoken: str) -> None:
    """One core for a worker; the parent alone hears Ctrl-C, and a worker does not outlive its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # what is loaded stays; nobody need look through it again and again
    spare_pandas()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    language(spoken)

    def leave_with(parent: Any) -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=leave_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _blocks(
    spec: Any, block_size: int, workers: int, only: tuple[str, ...] | None, order: Sequence[int] | None
) -> list[int]:
    """The blocks in the order asked for; everything that makes no sense in one letter."""
    problems = []
    for name, value in (("customers", spec.customers), ("weeks", spec.weeks), ("workers", workers)):
        if value < 1:
            what = say("`{name}` can't be {value}.", name=name, value=value)
            problems.append(Problem("too_few", what, advice=say("Take 1 or more."), column=name))
    if block_size < BRANCH or block_size % BRANCH:
        what = say("`{name}` can't be {value}.", name="block_size", value=block_size)
        advice = say("Take a multiple of {branch}.", branch=format_number(BRANCH))
        problems.append(Problem("block_size", what, advice=advice, column="block_size"))
    known = [*WORLD_TABLES, *(f"truth.{name}" for name in TRUTH_TABLES)]
    for name in only or ():
        if name not in known:
            close = near_misses(name, known)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            problems.append(Problem("unknown_table", say("There is no table `{name}`.", name=name), advice=advice))
    if problems:
        raise InputError(say("The world can't be written."), problems)
    blocks = list(range(-(-spec.customers // block_size)))
    if order is not None and sorted(order) != blocks:
        what = say("`order` must name every block from 0 to {last} once.", last=len(blocks) - 1)
        raise InputError(say("The world can't be written."), [Problem("order", what)])
    return blocks if order is None else list(order)


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


@contextmanager
def _letters(folder: Path, state: Progress) -> Iterator[None]:
    """Failures of disk, memory and processes as letters that say how to go on."""
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        if error.errno in _FULL:
            code, advice = "disk_full", say("Free space and run the same command again.")
        elif isinstance(error, (FileExistsError, NotADirectoryError, IsADirectoryError)):
            code, advice = "in_the_way", say("Move away what stands there, or name another folder.")
        else:
            code, advice = "not_writable", say("Name a folder that you may write to, and run the same command again.")
        what = say("“{path}” can't be written: {reason}.", path=place, reason=error.strerror or error)
        raise _interrupted(state, code, what, advice) from error
    except (MemoryError, BrokenProcessPool) as error:
        what = say("A worker ended before its block: memory was short, or somebody stopped it.")
        advice = say("Take fewer workers or smaller blocks; in a program of your own, begin with `{line}`.",
                     line='if __name__ == "__main__":')  # fmt: skip
        raise _interrupted(state, "worker_lost", what, advice) from error


def _interrupted(state: Progress, code: str, what: str, advice: str) -> InputError:
    so_far = say_count(
        "{done} of {count} block is done.", "{done} of {count} blocks are done.", state.blocks, done=state.done
    )
    return InputError(say("The world was not written to its end."), [Problem(code, what, so_far, advice)])
