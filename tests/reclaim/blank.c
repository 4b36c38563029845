/* SPDX-License-Identifier: MIT */
/*
 * The record of a thread that is gone is blank for the next; sections of threads without one, and a
 * queue that the C library had no room for.
 */
#define _GNU_SOURCE
#include <afield/detail/owner_queue.h>
#include <afield/reclaim.h>
#include <afield/thread.h>

#include "../../lib/runtime/self.h"
#include "child.h"
#include "gone.h"

#include <dlfcn.h>
#include <errno.h>

static struct afield__self *record; /* of the thread that is gone; written by it */

/* Leaves something in all that is the thread's own, and a section open. */
static void *fill_record(void *unused)
{
	static struct afield_held_lock *const lock = (struct afield_held_lock *)&record;
	struct afield__self *self = afield__self_get();

	afield_read_lock();
	AFIELD_STORE(&self->held_locks, lock, relaxed);
	AFIELD_STORE(&self->refused_by, 5, relaxed);
	AFIELD_STORE(&self->stack_size, 7, relaxed);
	AFIELD_STORE(&self->detached, &record, relaxed);
	AFIELD_STORE(&self->is_hostless, true, relaxed);
	AFIELD_STORE(&self->read_count, 3, relaxed);
	record = self;
	return unused;
}

/* Whether this thread has that record. */
static void *look_at_record(void *unused)
{
	const struct afield__self *self = afield__self_get();

	(void)unused;
	if (self != record)
		return NULL;
	TEST_CHECK(AFIELD_LOAD(&self->section, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&self->held_locks, relaxed) == NULL);
	TEST_CHECK(AFIELD_LOAD(&self->refused_by, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&self->stack_size, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&self->detached, relaxed) == NULL);
	TEST_CHECK(!AFIELD_LOAD(&self->is_hostless, relaxed));
	TEST_CHECK(AFIELD_LOAD(&self->read_count, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&self->pthread, relaxed) == (uintptr_t)pthread_self());
	TEST_CHECK(AFIELD_LOAD(&self->id, relaxed) == afield_thread_id());
	return record;
}

static void a_record_is_blank_for_the_next(void)
{
	in_a_thread(fill_record, NULL);
	while (!in_a_thread(look_at_record, NULL))
		;
}

/* It keeps no number and no handle of the thread that had it. */
static void *ask_who_is_there(void *id)
{
	*(uint64_t *)id = afield_thread_id();
	TEST_CHECK(afield_thread_identity(*(uint64_t *)id) == (uintptr_t)pthread_self());
	record = afield__self_get();
	return NULL;
}

static void a_record_that_was_given_up_has_no_number(void)
{
	uint64_t id = 0;

	in_a_thread(ask_who_is_there, &id);
	while (afield_thread_identity(id) != 0) /* the system may know it for a moment */
		usleep(100);
	TEST_CHECK(AFIELD_LOAD(&record->id, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&record->pthread, relaxed) == 0);
	TEST_CHECK((AFIELD_LOAD(&record->owner, relaxed) & UINT64_C(0xffffffff)) == 0);
}

static void leave_alone(struct afield_retired *unused)
{
	(void)unused;
}

/* Sections without a record are counted together: a child has this thread's alone. */
static int has_its_own_section(void *unused)
{
	static struct afield_retired retired;

	(void)unused;
	if (AFIELD_LOAD(&afield__overflow.readers, relaxed) != 1 || !afield_is_reading())
		return 1;
	afield_read_unlock();
	if (AFIELD_LOAD(&afield__overflow.readers, relaxed) != 0 || afield_is_reading())
		return 2;
	afield_retire(&retired, leave_alone);
	return afield_barrier() == 0 ? 0 : 3;
}

static int has_no_section(void *unused)
{
	(void)unused;
	return AFIELD_LOAD(&afield__overflow.readers, relaxed) == 0 ? 0 : 1;
}

static void *read_without_record(void *unused)
{
	AFIELD_STORE(&afield__overflow.readers, 2, relaxed); /* and another thread's */
	afield__self = (struct afield__self *)1;
	TEST_CHECK(child_finds(has_its_own_section, NULL));
	afield_read_unlock();
	TEST_CHECK(AFIELD_LOAD(&afield__overflow.readers, relaxed) == 1);
	(void)afield_thread_id();
	TEST_CHECK(child_finds(has_no_section, NULL));
	AFIELD_STORE(&afield__overflow.readers, 0, relaxed);
	return unused;
}

static void sections_without_a_record_go_on_in_the_child(void)
{
	in_a_thread(read_without_record, NULL);
}

/* The C library has no room for the queue: it is the next thread's. */
static struct afield_owner_queue *refused;
static bool refuses;
int pthread_setspecific(pthread_key_t key, const void *value)
{
	int (*next)(pthread_key_t, const void *);
	void *found = dlsym(RTLD_NEXT, "pthread_setspecific");

	if (refuses) {
		refused = (struct afield_owner_queue *)(uintptr_t)value;
		return ENOMEM;
	}
	memcpy(&next, &found, sizeof(next)); /* ISO C has no such cast */
	return next(key, value);
}

static void *be_refused(void *unused)
{
	refuses = true;
	TEST_CHECK(!afield_owner_queue_retain());
	refuses = false;
	TEST_CHECK(afield_owner_queue_retain() == refused);
	afield_owner_queue_release(refused);
	return unused;
}

static void a_queue_that_is_refused_is_free(void)
{
	in_a_thread(be_refused, NULL);
	TEST_CHECK(refused && AFIELD_LOAD(&refused->holders, relaxed) == 0);
}

int main(void)
{
	TEST_RUN(a_record_is_blank_for_the_next);
	TEST_RUN(a_record_that_was_given_up_has_no_number);
	TEST_RUN(sections_without_a_record_go_on_in_the_child);
	TEST_RUN(a_queue_that_is_refused_is_free);
	return test_done();
}
