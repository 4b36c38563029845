# SPDX-License-Identifier: MIT
"""SQLite's connections in confined and in locked fields: who may use them, and where they end."""
import gc
import os
import tempfile
import threading
import time
import unittest

import databases
import support
import wrapping
from support import THREADS, elsewhere, run_program, run_threads, scaled


def drop_elsewhere(make):
    """Ten that were opened here end in another thread."""
    own = [make() for _ in range(10)]
    for database in own:
        database.execute("SELECT 1")
    del database
    elsewhere(own.clear)
    gc.collect()


class Databases(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "data")
        # The first connection ever has SQLite prepare itself, for which it keeps memory.
        databases.LockedDatabase().execute("SELECT 1")
        gc.collect()
        databases.closed()
        self.memory = databases.memory()

    def tearDown(self):
        gc.collect()
        databases.ConfinedDatabase().execute("SELECT 1")  # opens what has come home
        gc.collect()
        # Before 3.13, join returns while the system's thread has still to end, and to close its own.
        deadline = time.monotonic() + 20
        while databases.open_now() and time.monotonic() < deadline:
            time.sleep(0.001)
        self.assertEqual(databases.open_now(), 0, "connections are left")
        self.assertEqual(databases.memory(), self.memory, "bytes of SQLite's are left")
        self.folder.cleanup()


class Confined(Databases):
    def make(self):
        return databases.ConfinedDatabase(path=self.path)

    def prepare(self):
        database = self.make()
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE numbers (thread INTEGER, number INTEGER)")
        return database

    def test_a_connection_for_each_thread(self):
        """Sixteen threads, a connection each: all rows are there; nobody uses a neighbour's."""
        database, count = self.prepare(), scaled(200)
        own = [self.make() for _ in range(THREADS)]
        opened, refused = threading.Barrier(THREADS), []

        def body(index):
            execute, neighbour = own[index].execute, own[(index + 1) % THREADS]
            execute("PRAGMA synchronous = OFF")
            opened.wait()
            execute("BEGIN IMMEDIATE")
            for i in range(count):
                execute("INSERT INTO numbers VALUES (?, ?)", (index, i))
            execute("COMMIT")
            for _ in range(count):
                self.assertEqual(execute("SELECT count(*), sum(number) FROM numbers WHERE thread = ?",
                                         (index,)), [(count, count * (count - 1) // 2)])
                try:
                    neighbour.execute("INSERT INTO numbers VALUES (-1, -1)")
                except databases.UnsendableError:
                    refused.append(index)
            opened.wait()
        run_threads(THREADS, body)
        self.assertEqual(len(refused), THREADS * count, "each of them")
        self.assertEqual(database.execute("SELECT count(*), count(DISTINCT thread), sum(number), "
                                          "min(number) FROM numbers"),
                         [(THREADS * count, THREADS, THREADS * count * (count - 1) // 2, 0)])

    def test_the_error(self):
        database = self.prepare()
        self.assertTrue(issubclass(databases.UnsendableError, RuntimeError))
        self.assertEqual(databases.UnsendableError.__module__, "databases")
        with self.assertRaisesRegex(RuntimeError, "^connection: .*belongs to another thread"):
            elsewhere(lambda: database.execute("SELECT 1"))
        self.assertEqual(database.execute("SELECT count(*) FROM numbers"), [(0,)])

    def test_the_first_user_is_the_owner(self):
        """Not the maker: an object is made anywhere and opened where it is used."""
        database = self.prepare()
        path, other = self.path, self.make()
        self.assertEqual(elsewhere(lambda: other.execute("SELECT count(*) FROM numbers")), [(0,)])
        with self.assertRaises(databases.UnsendableError):
            other.execute("SELECT 1")
        self.assertEqual((database.path, other.path), (path, path))

    def test_dropped_elsewhere_it_is_closed_at_home(self):
        drop_elsewhere(self.make)
        if not support.FREE_THREADED:
            self.assertEqual(databases.closed(), (0, 0), "they are on their way")
            self.assertEqual(databases.open_now(), 10)
        databases.ConfinedDatabase().execute("SELECT 1")  # the owner passes by
        gc.collect()
        self.assertEqual(databases.open_now(), 0)
        self.assertEqual(databases.closed()[1], 0, "none was closed by another thread")

    def test_collected_elsewhere_it_is_closed_at_home(self):
        own = [self.make() for _ in range(10)]
        for database in own:
            database.execute("SELECT 1")
        own.append(own)
        del database, own
        elsewhere(gc.collect)
        databases.ConfinedDatabase().execute("SELECT 1")
        gc.collect()
        self.assertEqual((databases.open_now(), databases.closed()[1]), (0, 0))

    def test_the_owner_closes_it_at_its_end(self):
        """It was dropped by another thread while the owner lived, and the owner never came by."""
        def own():
            kept = [self.make()]
            kept[0].execute("SELECT 1")
            taker = threading.Thread(target=kept.clear)
            taker.start()
            taker.join()
        elsewhere(own)
        gc.collect()
        self.assertEqual((databases.open_now(), databases.closed()), (0, (1, 0)))

    def test_the_owner_is_gone(self):
        """Then nobody may use it, and it is closed where it is dropped: the documented fallback."""
        database = self.make()
        elsewhere(lambda: database.execute("SELECT 1"))
        with self.assertRaises(databases.UnsendableError):
            database.execute("SELECT 1")
        self.assertEqual((databases.open_now(), databases.closed()), (1, (0, 0)))
        del database
        gc.collect()
        self.assertEqual((databases.open_now(), databases.closed()), (0, (0, 1)))


class Locked(Databases):
    def test_one_connection_for_all_threads(self):
        """Sixteen threads insert and query through one connection: each has its own answer."""
        database, count, rows = databases.LockedDatabase(), max(scaled(300), 50), []
        database.execute("CREATE TABLE numbers (id INTEGER PRIMARY KEY, thread INTEGER, text TEXT)")

        def body(index):
            for i in range(count):
                text = f"{index}:{i}" * 10
                (row, kept), = database.execute(
                    "INSERT INTO numbers (thread, text) VALUES (?, ?) RETURNING id, text",
                    (index, text))
                self.assertEqual(kept, text)
                self.assertEqual(database.execute("SELECT thread, text FROM numbers WHERE id = ?",
                                                  (row,)), [(index, text)])
                rows.append(row)
        run_threads(THREADS, body)
        self.assertEqual(sorted(rows), list(range(1, THREADS * count + 1)))
        self.assertEqual(database.execute("SELECT thread, count(*) FROM numbers GROUP BY thread "
                                          "ORDER BY thread"), [(i, count) for i in range(THREADS)])
        self.assertEqual(database.execute("PRAGMA integrity_check"), [("ok",)])

    def test_values(self):
        execute = databases.LockedDatabase(path=self.path).execute
        values = (None, 0, -2**63, 2**63 - 1, 1.5, "", "\0text\u20ac", b"", b"\0bytes")
        self.assertEqual(execute("VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values), [values])
        self.assertEqual(execute(""), [])
        self.assertEqual(execute("SELECT 1 WHERE 0"), [])
        self.assertEqual(len(execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                                     "WHERE i < 1000) SELECT i FROM n")), 1000)

    def test_errors_are_exceptions(self):
        execute = databases.LockedDatabase().execute
        execute("CREATE TABLE numbers (number INTEGER UNIQUE)")
        execute("INSERT INTO numbers VALUES (1)")
        for sql, given, error, says in (
                ("SELEKT", (), databases.DatabaseError, 'near "SELEKT": syntax error .*error 1'),
                ("SELECT * FROM words", (), databases.DatabaseError, "no such table: words"),
                ("INSERT INTO numbers VALUES (1)", (), databases.DatabaseError, "UNIQUE .*error 19"),
                ("SELECT ?", (), databases.DatabaseError, "takes 1 parameters, 0 are given"),
                ("SELECT ?", (1, 2), databases.DatabaseError, "takes 1 parameters, 2 are given"),
                ("SELECT ?", ([],), TypeError, "a parameter is"),
                ("SELECT ?", (2**63,), OverflowError, ""), (5, (), TypeError, ""),
                ("SELECT ?", 5, TypeError, "")):
            with self.assertRaisesRegex(error, says):
                execute(sql, given)
        self.assertEqual(execute("SELECT number FROM numbers"), [(1,)], "and it is as it was")
        for kind in (databases.LockedDatabase, databases.ConfinedDatabase):
            with self.assertRaisesRegex(databases.DatabaseError, "unable to open"):
                kind(path=os.path.join(self.path, "missing")).execute("SELECT 1")
            with self.assertRaises(TypeError):
                kind(path=5).execute("SELECT 1")

    def test_dropped_in_another_thread(self):
        drop_elsewhere(databases.LockedDatabase)
        self.assertEqual(databases.open_now(), 0)
        self.assertEqual(sum(databases.closed()), 10)

    def test_the_end_of_the_interpreter(self):
        """Daemon threads are in the middle of it, wait for the lock, or own a connection."""
        run_program("""
import databases, threading, time
shared = databases.LockedDatabase()
shared.execute("CREATE TABLE numbers (number)")
def spin():
    own = databases.ConfinedDatabase()
    own.execute("CREATE TABLE numbers (number)")
    while True:
        shared.execute("INSERT INTO numbers VALUES (1)")
        own.execute("INSERT INTO numbers VALUES (1)")
        shared.execute("SELECT count(*) FROM numbers")
for _ in range(4):
    threading.Thread(target=spin, daemon=True).start()
time.sleep(0.2)
""")


class Control(unittest.TestCase):
    def test_the_control(self):
        """The same source without the lock fails, so these tests can."""
        wrapping.see_it_fail(self, "databases", "Locked.test_one_connection_for_all_threads")


if __name__ == "__main__":
    support.main()
