/* SPDX-License-Identifier: MIT */
/*
 * rwlocked in one thread: both locks and what they protect, through the typed functions, the scopes
 * and the table; and what the child of a fork finds.
 */
#include <afield/rwlocked.h>

#define LOCK_KIND rwlocked
#define LOCK_WRITING AFIELD_WRITING
#define LOCK_READING AFIELD_READING
#include "lock_alone.h"

static int leave_by_return(pair_field *field)
{
	AFIELD_READING(pair_field, pair, field)
	AFIELD_READING(pair_field, again, field)
	return pair == again;
	return 0;
}

static void every_way_out_unlocks(void)
{
	pair_field field;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(leave_by_return(&field) == 1);
	AFIELD_WRITING(pair_field, pair, &field)
	{
		TEST_CHECK(pair_field_is_mine(&field));
		if (pair->low == 0)
			break;
		pair->low = 1;
	}
	TEST_CHECK(!pair_field_is_mine(&field));
	TEST_CHECK(pair_field_try_write_lock(&field) != NULL);
	pair_field_write_unlock(&field);
}

/* Which requests of a thread that has a lock already are met: rows have, columns want. */
static void a_second_lock_is_met_or_reported(void)
{
	const struct afield_type *type = pair_field_type();
	pair_field field;
	struct pair value = pair_of(1, 1);

	memset(&field, 0, sizeof(field));
	TEST_CHECK(pair_field_read_lock(&field) == &field.value);
	TEST_CHECK(pair_field_load(&field, &value) == 0); /* readers share, with themselves, too */
	TEST_CHECK(pair_field_write_lock(&field) == NULL);
	TEST_CHECK(pair_field_try_write_lock(&field) == NULL);
	TEST_CHECK(pair_field_store(&field, value) == -EDEADLK);
	TEST_CHECK(type->store(type, &field, &value) == -EDEADLK);
	pair_field_read_unlock(&field);

	TEST_CHECK(pair_field_write_lock(&field) == &field.value);
	TEST_CHECK(pair_field_write_lock(&field) == NULL);
	TEST_CHECK(pair_field_read_lock(&field) == NULL);
	TEST_CHECK(pair_field_try_read_lock(&field) == NULL);
	TEST_CHECK(pair_field_load(&field, &value) == -EDEADLK);
	TEST_CHECK(type->load(type, &field, &value) == -EDEADLK);
	TEST_CHECK(pair_field_exchange(&field, &value) == -EDEADLK);
	pair_field_write_unlock(&field);
	TEST_CHECK(pair_field_store(&field, value) == 0);
}

/* A thread's list of read locks: any order of leaving, and an end that is reported. */
static void read_locks_are_known_by_field(void)
{
	static pair_field fields[33];
	struct pair value = pair_of(0, 0);

	for (int i = 0; i < 32; i++)
		TEST_CHECK(pair_field_read_lock(&fields[i]) != NULL);
	TEST_CHECK(pair_field_load(&fields[32], &value) == -EAGAIN);
	TEST_CHECK(pair_field_try_read_lock(&fields[32]) == NULL);
	TEST_CHECK(pair_field_store(&fields[32], value) == 0);
	for (int i = 0; i < 32; i++) {
		TEST_CHECK(pair_field_store(&fields[i * 5 % 32], value) == -EDEADLK);
		pair_field_read_unlock(&fields[i * 5 % 32]);
		TEST_CHECK(pair_field_store(&fields[i * 5 % 32], value) == 0);
	}
}

static void *note_self(void *id)
{
	*(uint64_t *)id = afield_thread_id();
	return NULL;
}

/* Sets the words by which a writer goes first, as if the thread of that number waited. */
static void let_wait(struct afield__rwlocked *lock, uint64_t writer, uint32_t writers)
{
	AFIELD_STORE(&lock->waiting, writer, relaxed);
	AFIELD_STORE(&lock->writers.count, writers, relaxed);
}

/* The child of a fork does not have the thread. */
static int owes_nothing_in_child(void *theirs)
{
	pair_field *shared = (pair_field *)theirs;

	if (!pair_field_try_read_lock(shared))
		return 1;
	return AFIELD_LOAD(&shared->lock.waiting, relaxed) == 0 ? 0 : 2;
}

/*
 * A writer is promised its turn by who leaves while it waits: until it has come, or its time is
 * over, or it stayed behind at a fork, readers do not enter, though none waits at the moment.
 */
static void a_promise_is_kept(void)
{
	static pair_field shared;
	struct afield__rwlocked *lock = &shared.lock;
	const uint64_t over = 1, far = UINT64_MAX;
	uint64_t other = 0;
	pthread_t thread;

	TEST_CHECK(pair_field_try_read_lock(&shared) != NULL);
	pair_field_read_unlock(&shared);
	TEST_CHECK(AFIELD_LOAD(&lock->promise, relaxed) == 0); /* to nobody */

	TEST_CHECK(pair_field_try_read_lock(&shared) != NULL);
	let_wait(lock, afield_thread_id(), 1);
	TEST_CHECK(pair_field_try_read_lock(&shared) != NULL); /* inside another section */
	pair_field_read_unlock(&shared);
	pair_field_read_unlock(&shared);
	TEST_CHECK(AFIELD_LOAD(&lock->promise, relaxed) > over);
	TEST_CHECK(pair_field_try_read_lock(&shared) == NULL); /* it sleeps */
	let_wait(lock, afield_thread_id(), 0);
	AFIELD_STORE(&lock->promise, far, relaxed);
	TEST_CHECK(pair_field_try_read_lock(&shared) == NULL); /* it is on its way */
	TEST_CHECK(pair_field_try_write_lock(&shared) != NULL);
	TEST_CHECK(AFIELD_LOAD(&lock->promise, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&lock->waiting, relaxed) == 0);
	pair_field_write_unlock(&shared);
	TEST_CHECK(AFIELD_LOAD(&lock->promise, relaxed) == 0);

	let_wait(lock, afield_thread_id(), 0);
	AFIELD_STORE(&lock->promise, over, relaxed);
	TEST_CHECK(pair_field_try_read_lock(&shared) != NULL);
	pair_field_read_unlock(&shared);

	if (pthread_create(&thread, NULL, note_self, &other))
		abort();
	pthread_join(thread, NULL);
	let_wait(lock, other, 0);
	AFIELD_STORE(&lock->promise, far, relaxed);
	TEST_CHECK(pair_field_try_read_lock(&shared) == NULL);
	TEST_CHECK(child_finds(owes_nothing_in_child, &shared));

	/* A write lock is left with the same promise, and leaves another writer's number. */
	let_wait(lock, 0, 0);
	TEST_CHECK(pair_field_try_write_lock(&shared) != NULL);
	let_wait(lock, afield_thread_id(), 1);
	pair_field_write_unlock(&shared);
	TEST_CHECK(AFIELD_LOAD(&lock->promise, relaxed) > over);
	let_wait(lock, other, 0);
	TEST_CHECK(pair_field_try_write_lock(&shared) != NULL);
	TEST_CHECK(AFIELD_LOAD(&lock->waiting, relaxed) == other);
	pair_field_write_unlock(&shared);
}

/* What a host calls to try, which has a name of its own there. */
static void the_table_tries(void)
{
	static pair_field shared;
	const struct afield_type *type = pair_field_type();
	const struct afield_lock_mode *reading = &type->binding->lock_modes[0];
	const struct afield_lock_mode *writing = &type->binding->lock_modes[1];

	TEST_CHECK(reading->try_begin(type, &shared) == 0);
	TEST_CHECK(writing->try_begin(type, &shared) == -EBUSY);
	TEST_CHECK(pair_field_try_write_lock(&shared) == NULL);
	reading->end(type, &shared);
	TEST_CHECK(writing->try_begin(type, &shared) == 0);
	TEST_CHECK(reading->try_begin(type, &shared) == -EBUSY);
	TEST_CHECK(pair_field_is_mine(&shared));
	writing->end(type, &shared);
	TEST_CHECK(pair_field_try_write_lock(&shared) != NULL);
	pair_field_write_unlock(&shared);
}

static int look_in_child(void *theirs)
{
	pair_field *shared = (pair_field *)theirs;
	struct pair value = pair_of(0, 0);

	if (pair_field_load(shared, &value) != -EOWNERDEAD)
		return 1;
	if (pair_field_store(shared, value) != -EOWNERDEAD)
		return 2;
	return pair_field_read_lock(shared) || pair_field_try_write_lock(shared) ? 3 : 0;
}

#ifdef __cplusplus
static void guards_unlock(void)
{
	lock_guards_unlock<pair_field_write_guard, pair_field_read_guard>();
}
#endif

int main(void)
{
	lock_run(0);
	TEST_RUN(every_way_out_unlocks);
	TEST_RUN(a_second_lock_is_met_or_reported);
	TEST_RUN(read_locks_are_known_by_field);
	TEST_RUN(a_promise_is_kept);
	TEST_RUN(the_table_tries);
	lock_run_child(look_in_child);
#ifdef __cplusplus
	TEST_RUN(guards_unlock);
#endif
	return test_done();
}
