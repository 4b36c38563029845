/* SPDX-License-Identifier: MIT */
/*
 * cell in one thread: which borrows meet which, through the typed functions, the scopes and the
 * table; and what the child of a fork finds.
 */
#include <afield/cell.h>
#include <afield/class.h>
#include <afield/record.h>

#include "child.h"
#include "ended.h"

#include <errno.h>

#define CONFIG(member) member(int64_t, limit) member(int64_t, step)
AFIELD_RECORD(config, CONFIG);
AFIELD_TYPE(config_cell, cell, struct config);
AFIELD_TYPE(config_patient, cell_wait, struct config);

struct handle {
	int *target;
};
static int frees;
static void handle_free(struct handle *handle)
{
	frees++;
	free(handle->target);
}
AFIELD_TYPE(handle_cell, cell, struct handle, handle_free);

static struct config make(int64_t limit, int64_t step)
{
	struct config config = {limit, step};

	return config;
}

static void the_example_of_the_header(void)
{
	static config_cell field;
	int64_t seen = 0;

	AFIELD_BORROWED_MUT(config_cell, config, &field)
	{
		config->limit = 5;
	}
	AFIELD_BORROWED(config_cell, config, &field)
	{
		seen = config->limit;
	}
	TEST_CHECK(seen == 5);
}

static bool advance(struct config *config, void *argument)
{
	config->limit += *(int64_t *)argument;
	return config->limit < 10;
}

/* What is refused beside a shared borrow, and beside an exclusive one. */
static void overlap_is_refused(void)
{
	const struct afield_type *type = config_cell_type();
	config_cell field;
	struct config value = make(1, 1);
	const struct config *shared = NULL;
	struct config *alone = NULL;
	int64_t step = 1;
	int failed = 0;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(config_cell_try_borrow(&field) == &field.value);
	TEST_CHECK(config_cell_try_borrow(&field) == &field.value);
	TEST_CHECK(config_cell_borrow_count(&field) == 2 && config_cell_holder(&field) == 0);
	TEST_CHECK(config_cell_load(&field, &value) == 0 && value.limit == 0);
	TEST_CHECK(config_cell_borrow_wait(&field, &shared) == 0 && shared == &field.value);
	config_cell_release(&field);
	TEST_CHECK(config_cell_try_borrow_mut(&field) == NULL);
	TEST_CHECK(config_cell_store(&field, value) == -EBUSY);
	TEST_CHECK(config_cell_exchange(&field, &value) == -EBUSY);
	TEST_CHECK(config_cell_update(&field, advance, &step) == -EBUSY);
	TEST_CHECK(type->store(type, &field, &value) == -EALREADY);
	TEST_CHECK(type->load(type, &field, &value) == 0);
	config_cell_release(&field);
	TEST_CHECK(config_cell_try_borrow_mut(&field) == NULL);
	config_cell_release(&field);

	TEST_CHECK(config_cell_try_borrow_mut(&field) == &field.value);
	TEST_CHECK(config_cell_holder(&field) == afield_thread_id());
	/* More tries than the bits that count them could hold, if each one counted itself. */
	for (int i = 0; i <= 1 << AFIELD__CELL_NUMBER_SHIFT; i++)
		failed += config_cell_try_borrow(&field) == NULL;
	TEST_CHECK(failed == (1 << AFIELD__CELL_NUMBER_SHIFT) + 1);
	TEST_CHECK(config_cell_holder(&field) == afield_thread_id());
	TEST_CHECK(config_cell_borrow_count(&field) == 0);
	TEST_CHECK(config_cell_load(&field, &value) == -EBUSY);
	TEST_CHECK(type->load(type, &field, &value) == -EBUSY);
	TEST_CHECK(config_cell_try_borrow_mut(&field) == NULL);
	TEST_CHECK(config_cell_borrow_wait(&field, &shared) == -EDEADLK);
	TEST_CHECK(config_cell_borrow_mut_wait(&field, &alone) == -EDEADLK && alone == NULL);
	config_cell_release_mut(&field);

	/* Tries that have failed leave nothing behind. */
	TEST_CHECK(config_cell_holder(&field) == 0 && config_cell_borrow_count(&field) == 0);
	TEST_CHECK(config_cell_borrow_mut_wait(&field, &alone) == 0 && alone == &field.value);
	config_cell_release_mut(&field);
}

static void values_come_and_go(void)
{
	config_cell field;
	struct config value = make(4, 40);
	int64_t step = 3;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(config_cell_store(&field, make(2, 20)) == 0);
	TEST_CHECK(config_cell_exchange(&field, &value) == 0);
	TEST_CHECK(value.limit == 2 && value.step == 20);
	TEST_CHECK(config_cell_update(&field, advance, &step) == 1);
	TEST_CHECK(config_cell_update(&field, advance, &step) == 0);
	TEST_CHECK(config_cell_load(&field, &value) == 0);
	TEST_CHECK(value.limit == 10 && value.step == 40);
}

static int leave_by_return(config_cell *field)
{
	AFIELD_BORROWED(config_cell, config, field)
	AFIELD_BORROWED_MUT(config_cell, again, field)
	return config == again; /* never: it is refused */
	AFIELD_BORROWED_MUT(config_cell, config, field)
	return config != NULL;
	return 0;
}

static void every_way_out_releases(void)
{
	config_cell field;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(leave_by_return(&field) == 1);
	AFIELD_BORROWED(config_cell, config, &field)
	{
		if (config->limit == 0)
			break;
	}
	TEST_CHECK(config_cell_try_borrow_mut(&field) != NULL);
	config_cell_release_mut(&field);
}

static void tables_read_and_write(void)
{
	const struct afield_type *type = config_cell_type(), *patient = config_patient_type();
	config_cell field;
	config_patient other;
	struct config value = make(5, 6);

	memset(&field, 0, sizeof(field));
	memset(&other, 0, sizeof(other));
	TEST_CHECK(strcmp(type->kind, "cell") == 0 && type->size == sizeof(field));
	TEST_CHECK(type->value_type.type_code == AFIELD_STRUCT);
	TEST_CHECK(type->store(type, &field, &value) == 0);
	TEST_CHECK(patient->store(patient, &other, &value) == 0);
	value = make(0, 0);
	TEST_CHECK(type->load(type, &field, &value) == 0 && value.limit == 5);
	value = make(0, 0);
	TEST_CHECK(patient->load(patient, &other, &value) == 0 && value.step == 6);
	TEST_CHECK(config_patient_try_borrow_mut(&other) != NULL);
	TEST_CHECK(patient->load(patient, &other, &value) == -EDEADLK);
	TEST_CHECK(patient->store(patient, &other, &value) == -EDEADLK);
	config_patient_release_mut(&other);
}

#define OWNER(field)               \
	field(handle_cell, handle) \
	field(config_cell, config)
AFIELD_CLASS(owner, OWNER);

static void fini_frees_what_is_owned(void)
{
	owner object;

	memset(&object, 0, sizeof(object));
	frees = 0;
	owner_fini(&object);
	TEST_CHECK(frees == 0); /* a fresh field owns nothing */
	AFIELD_BORROWED_MUT(handle_cell, handle, &object.handle)
	handle->target = (int *)malloc(sizeof(int));
	TEST_CHECK(handle_cell_type()->load == NULL && handle_cell_type()->store == NULL);
	owner_fini(&object);
	TEST_CHECK(frees == 1);
}

static int look_in_child(void *theirs)
{
	config_cell *cell = (config_cell *)theirs;
	const struct config *shared = NULL;
	struct config *alone = NULL;

	if (config_cell_borrow_wait(cell, &shared) != -EOWNERDEAD)
		return 1;
	if (config_cell_borrow_mut_wait(cell, &alone) != -EOWNERDEAD)
		return 2;
	if (config_cell_try_borrow(cell))
		return 3;
	return afield_thread_is_gone(config_cell_holder(cell)) ? 0 : 4;
}

static void *hold(void *theirs)
{
	config_cell *cell = (config_cell *)theirs;

	AFIELD_BORROWED_MUT(config_cell, config, cell)
	{
		config->limit = 1;
		TEST_CHECK(!afield_thread_is_gone(config_cell_holder(cell)));
		child_hold();
	}
	return NULL;
}

static void a_child_does_not_wait_for_the_dead(void)
{
	config_cell theirs;

	memset(&theirs, 0, sizeof(theirs));
	TEST_CHECK(child_finds_beside(hold, look_in_child, &theirs));
}

#ifdef __cplusplus
static void guards_release(void)
{
	static config_cell field;

	{
		config_cell_borrow_mut_guard config(field);
		config->limit = 8;
		config_cell_borrow_guard again(field);
		TEST_CHECK(config && !again);
	}
	{
		config_cell_borrow_guard config(field), again(field);
		TEST_CHECK(config && again && again->limit == 8);
		config_cell_borrow_mut_guard alone(field);
		TEST_CHECK(!alone);
	}
	TEST_CHECK(config_cell_try_borrow_mut(&field) != NULL);
	config_cell_release_mut(&field);
}
#endif

/* What a host does for its users. Shared borrows are not known by thread, but these are. */
static void a_turn_that_lasts(void)
{
	static config_patient cell, other;
	const struct afield_type *type = config_patient_type();
	const struct afield_lock_mode *lock_modes = type->binding->lock_modes;
	struct afield_held_lock shared = {type, &cell, &lock_modes[0], &cell, NULL};
	struct afield_held_lock again = {type, &cell, &lock_modes[0], &cell, NULL};
	struct afield_held_lock alone = {type, &cell, &lock_modes[1], &cell, NULL};
	struct afield_held_lock elsewhere = {type, &other, &lock_modes[1], &cell, NULL};
	struct config value = {1, 1};

	TEST_CHECK(type->binding->lock_mode_count == 2 && !lock_modes[0].may_write &&
		   lock_modes[1].may_write);
	TEST_CHECK(afield_held_locks() == NULL);
	TEST_CHECK(afield_held_lock_begin(&shared, true, NULL) == 0 &&
		   afield_held_locks() == &shared);
	TEST_CHECK(afield_held_lock_begin(&alone, true, NULL) == -EDEADLK);
	TEST_CHECK(afield_held_lock_begin(&alone, false, NULL) == -EALREADY);
	TEST_CHECK(type->store(type, &cell, &value) == -EDEADLK);
	TEST_CHECK(afield_held_lock_begin(&again, true, NULL) == 0 &&
		   config_patient_borrow_count(&cell) == 2);
	TEST_CHECK(afield_held_lock_begin(&elsewhere, true, NULL) == 0);
	afield_held_lock_end(&shared); /* in any order */
	TEST_CHECK(afield_held_locks() == &elsewhere && elsewhere.next == &again && !again.next);
	afield_held_lock_end(&elsewhere);
	afield_held_lock_end(&again);
	TEST_CHECK(afield_held_locks() == NULL && config_patient_borrow_count(&cell) == 0);
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
	static config_cell field;
	uint64_t self = (uint64_t)pthread_self(), seen[3];
	pthread_t thread;

	AFIELD_BORROWED_MUT(config_cell, config, &field)
	{
		(void)config;
		TEST_CHECK(afield_thread_identity(config_cell_holder(&field)) == self);
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
	TEST_RUN(the_example_of_the_header);
	TEST_RUN(overlap_is_refused);
	TEST_RUN(values_come_and_go);
	TEST_RUN(every_way_out_releases);
	TEST_RUN(tables_read_and_write);
	TEST_RUN(fini_frees_what_is_owned);
	TEST_RUN(a_turn_that_lasts);
	TEST_RUN(a_holder_is_found);
	TEST_RUN(a_child_does_not_wait_for_the_dead);
#ifdef __cplusplus
	TEST_RUN(guards_release);
#endif
	return test_done();
}
