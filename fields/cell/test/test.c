/* SPDX-License-Identifier: MIT */
/*
 * cell in one thread: which borrows meet which, through the typed functions, the scopes and the
 * table; and what the child of a fork finds.
 */
#include <afield/cell.h>

#define LOCK_KIND cell
#define LOCK_WRITING AFIELD_BORROWED_MUT
#define LOCK_READING AFIELD_BORROWED
#include "lock_alone.h"
#include "table.h"
#include "ended.h"

AFIELD_TYPE(patient_field, cell_wait, struct pair);

/* What is refused beside a shared borrow, and beside an exclusive one. */
static void overlap_is_refused(void)
{
	const struct afield_type *type = pair_field_type();
	pair_field field;
	struct pair value = pair_of(1, 1);
	const struct pair *shared = NULL;
	struct pair *alone = NULL;
	int64_t step = 1;
	int failed = 0;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(pair_field_try_borrow(&field) == &field.value);
	TEST_CHECK(pair_field_try_borrow(&field) == &field.value);
	TEST_CHECK(pair_field_borrow_count(&field) == 2 && pair_field_holder(&field) == 0);
	TEST_CHECK(pair_field_load(&field, &value) == 0 && value.low == 0);
	TEST_CHECK(pair_field_borrow_wait(&field, &shared) == 0 && shared == &field.value);
	pair_field_release(&field);
	TEST_CHECK(pair_field_try_borrow_mut(&field) == NULL);
	TEST_CHECK(pair_field_store(&field, value) == -EBUSY);
	TEST_CHECK(pair_field_exchange(&field, &value) == -EBUSY);
	TEST_CHECK(pair_field_update(&field, pair_advance, &step) == -EBUSY);
	TEST_CHECK(type->store(type, &field, &value) == -EALREADY);
	TEST_CHECK(type->load(type, &field, &value) == 0);
	pair_field_release(&field);
	TEST_CHECK(pair_field_try_borrow_mut(&field) == NULL);
	pair_field_release(&field);

	TEST_CHECK(pair_field_try_borrow_mut(&field) == &field.value);
	TEST_CHECK(pair_field_holder(&field) == afield_thread_id());
	/* More tries than the bits that count them could hold, if each one counted itself. */
	for (int i = 0; i <= 1 << AFIELD__CELL_NUMBER_SHIFT; i++)
		failed += pair_field_try_borrow(&field) == NULL;
	TEST_CHECK(failed == (1 << AFIELD__CELL_NUMBER_SHIFT) + 1);
	TEST_CHECK(pair_field_holder(&field) == afield_thread_id());
	TEST_CHECK(pair_field_borrow_count(&field) == 0);
	TEST_CHECK(pair_field_load(&field, &value) == -EBUSY);
	TEST_CHECK(type->load(type, &field, &value) == -EBUSY);
	TEST_CHECK(pair_field_try_borrow_mut(&field) == NULL);
	TEST_CHECK(pair_field_borrow_wait(&field, &shared) == -EDEADLK);
	TEST_CHECK(pair_field_borrow_mut_wait(&field, &alone) == -EDEADLK && alone == NULL);
	pair_field_release_mut(&field);

	/* Tries that have failed leave nothing behind. */
	TEST_CHECK(pair_field_holder(&field) == 0 && pair_field_borrow_count(&field) == 0);
	TEST_CHECK(pair_field_borrow_mut_wait(&field, &alone) == 0 && alone == &field.value);
	pair_field_release_mut(&field);
}

static int leave_by_return(pair_field *field)
{
	AFIELD_BORROWED(pair_field, pair, field)
	AFIELD_BORROWED_MUT(pair_field, again, field)
	return pair == again; /* never: it is refused */
	AFIELD_BORROWED_MUT(pair_field, pair, field)
	return pair != NULL;
	return 0;
}

static void every_way_out_releases(void)
{
	pair_field field;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(leave_by_return(&field) == 1);
	AFIELD_BORROWED(pair_field, pair, &field)
	{
		if (pair->low == 0)
			break;
	}
	TEST_CHECK(pair_field_try_borrow_mut(&field) != NULL);
	pair_field_release_mut(&field);
}

/* A thread that the library does not know has been refused nothing. */
static void *ask_as_a_stranger(void *refused_by)
{
	*(uint64_t *)refused_by = pair_field_type()->binding->refused_by();
	return NULL;
}

/* What the verbs say of borrows, and who was in the way. */
static void the_table_tells_who_borrows(void)
{
	const struct afield_type *type = pair_field_type();
	static pair_field field;
	uint64_t holder = 1, count = 9, identity = (uint64_t)pthread_self();
	struct pair value = {1, 2};
	pthread_t stranger;

	TEST_CHECK(table_verb(type, "borrow_count")->call(type, &field, &count, NULL) == 0);
	TEST_CHECK(count == 0);
	TEST_CHECK(pair_field_try_borrow(&field) && pair_field_try_borrow(&field));
	TEST_CHECK(table_verb(type, "borrow_count")->call(type, &field, &count, NULL) == 0);
	TEST_CHECK(count == 2);
	TEST_CHECK(table_verb(type, "holder")->call(type, &field, &holder, NULL) == -ENODATA);
	pair_field_release(&field);
	pair_field_release(&field);
	TEST_CHECK(pair_field_try_borrow_mut(&field) != NULL);
	TEST_CHECK(table_verb(type, "holder")->call(type, &field, &holder, NULL) == 0);
	TEST_CHECK(holder == identity);
	TEST_CHECK(type->store(type, &field, &value) == -EALREADY);
	TEST_CHECK(afield_thread_identity(type->binding->refused_by()) == identity);
	pair_field_release_mut(&field);
	TEST_CHECK(pthread_create(&stranger, NULL, ask_as_a_stranger, &count) == 0);
	TEST_CHECK(pthread_join(stranger, NULL) == 0 && count == 0);
}

/* The table of cell_wait waits where that of cell refuses, but never for this thread itself. */
static void a_patient_table_does_too(void)
{
	const struct afield_type *patient = patient_field_type();
	static patient_field field;
	struct pair value = pair_of(5, 6);

	TEST_CHECK(patient->store(patient, &field, &value) == 0);
	value = pair_of(0, 0);
	TEST_CHECK(patient->load(patient, &field, &value) == 0 && value.high == 6);
	TEST_CHECK(patient_field_try_borrow_mut(&field) != NULL);
	TEST_CHECK(patient->load(patient, &field, &value) == -EDEADLK);
	TEST_CHECK(patient->store(patient, &field, &value) == -EDEADLK);
	patient_field_release_mut(&field);
}

static int look_in_child(void *theirs)
{
	pair_field *cell = (pair_field *)theirs;
	const struct pair *shared = NULL;
	struct pair *alone = NULL;

	if (pair_field_borrow_wait(cell, &shared) != -EOWNERDEAD)
		return 1;
	if (pair_field_borrow_mut_wait(cell, &alone) != -EOWNERDEAD)
		return 2;
	if (pair_field_try_borrow(cell))
		return 3;
	return afield_thread_is_gone(pair_field_holder(cell)) ? 0 : 4;
}

static void *hold_shared(void *field)
{
	AFIELD_BORROWED(pair_field, pair, (pair_field *)field)
	{
		(void)pair;
		child_hold();
	}
	return NULL;
}

static void *borrow_of_the_dead(void *field)
{
	struct pair *alone = NULL;

	return pair_field_borrow_mut_wait((pair_field *)field, &alone) == -EOWNERDEAD ? field
										      : NULL;
}

/* Both wait for this thread's borrow, behind which there is one that nobody will end. */
static int both_give_up(void *theirs)
{
	pair_field *shared = (pair_field *)theirs;
	pthread_t threads[2];
	void *has_heard;

	if (!pair_field_try_borrow(shared))
		return 1;
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, borrow_of_the_dead, shared))
			return 2;
	while (AFIELD_LOAD(&shared->cell.exclusive.count, seq_cst) != 2)
		usleep(1000);
	usleep(50000); /* both sleep */
	pair_field_release(shared);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], &has_heard);
		if (!has_heard)
			return 3 + i;
	}
	return 0;
}

/* An end wakes one, and who gives up lets the next one hear of it. */
static void all_who_wait_for_the_dead_hear_of_it(void)
{
	static pair_field theirs;

	if (CHILD_COMPANY)
		TEST_CHECK(child_finds_beside(hold_shared, both_give_up, &theirs));
}

#ifdef __cplusplus
static void guards_release(void)
{
	lock_guards_unlock<pair_field_borrow_mut_guard, pair_field_borrow_guard>();
}
#endif

/* What a host does for its users. Shared borrows are not known by thread, but these are. */
static void a_turn_that_lasts(void)
{
	static patient_field cell, other;
	const struct afield_type *type = patient_field_type();
	const struct afield_lock_mode *lock_modes = type->binding->lock_modes;
	struct afield_held_lock shared = {type, &cell, &lock_modes[0], &cell, NULL};
	struct afield_held_lock again = {type, &cell, &lock_modes[0], &cell, NULL};
	struct afield_held_lock alone = {type, &cell, &lock_modes[1], &cell, NULL};
	struct afield_held_lock elsewhere = {type, &other, &lock_modes[1], &cell, NULL};
	struct pair value = {1, 1};

	TEST_CHECK(type->binding->lock_mode_count == 2 && !lock_modes[0].may_write &&
		   lock_modes[1].may_write);
	TEST_CHECK(afield_held_locks() == NULL);
	TEST_CHECK(afield_held_lock_begin(&shared, true, NULL) == 0 &&
		   afield_held_locks() == &shared);
	TEST_CHECK(afield_held_lock_begin(&alone, true, NULL) == -EDEADLK);
	TEST_CHECK(afield_held_lock_begin(&alone, false, NULL) == -EALREADY);
	TEST_CHECK(type->store(type, &cell, &value) == -EDEADLK);
	TEST_CHECK(afield_held_lock_begin(&again, true, NULL) == 0 &&
		   patient_field_borrow_count(&cell) == 2);
	TEST_CHECK(afield_held_lock_begin(&elsewhere, true, NULL) == 0);
	afield_held_lock_end(&shared); /* in any order */
	TEST_CHECK(afield_held_locks() == &elsewhere && elsewhere.next == &again && !again.next);
	afield_held_lock_end(&elsewhere);
	afield_held_lock_end(&again);
	TEST_CHECK(afield_held_locks() == NULL && patient_field_borrow_count(&cell) == 0);
	TEST_CHECK(afield_held_lock_begin(&alone, true, NULL) == 0);
	TEST_CHECK(type->load(type, &cell, &value) == -EDEADLK);
	afield_held_lock_end(&alone);
	TEST_CHECK(type->store(type, &cell, &value) == 0);
}

static void *note_holder(void *argument)
{
	uint64_t *seen = (uint64_t *)argument;

	seen[0] = afield_thread_id();
	seen[1] = afield_thread_identity(seen[0]);
	seen[2] = (uint64_t)pthread_self();
	return NULL;
}

static int is_found_in_child(void *self)
{
	return afield_thread_identity(afield_thread_id()) == *(uint64_t *)self ? 0 : 1;
}

/* The number that a field keeps, as the one that people know: for as long as the thread lives. */
static void a_holder_is_found(void)
{
	static pair_field field;
	uint64_t self = (uint64_t)pthread_self(), seen[3];
	pthread_t thread;

	AFIELD_BORROWED_MUT(pair_field, pair, &field)
	{
		(void)pair;
		TEST_CHECK(!afield_thread_is_gone(pair_field_holder(&field)));
		TEST_CHECK(afield_thread_identity(pair_field_holder(&field)) == self);
	}
	TEST_CHECK(afield_thread_identity(0) == 0);
	if (pthread_create(&thread, NULL, note_holder, seen))
		abort();
	pthread_join(thread, NULL);
	TEST_CHECK(seen[1] == seen[2]);
	TEST_CHECK(has_ended(seen[0]));
	TEST_CHECK(child_finds(is_found_in_child, &self));
}

int main(void)
{
	lock_run(2); /* holder, borrow_count */
	TEST_RUN(overlap_is_refused);
	TEST_RUN(every_way_out_releases);
	TEST_RUN(the_table_tells_who_borrows);
	TEST_RUN(a_patient_table_does_too);
	TEST_RUN(a_turn_that_lasts);
	TEST_RUN(a_holder_is_found);
	lock_run_child(look_in_child);
	TEST_RUN(all_who_wait_for_the_dead_hear_of_it);
#ifdef __cplusplus
	TEST_RUN(guards_release);
#endif
	return test_done();
}
