/* SPDX-License-Identifier: MIT */
/*
 * The freeze: one thread stands still at an access, and another runs concurrently.
 */
#include "member.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* The frozen thread: it says that it stands, and waits to be let go. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	long at; /* the access it freezes before */
	bool is_frozen, is_done, is_free;
} frost = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void frost_set(bool *what)
{
	pthread_mutex_lock(&frost.mutex);
	*what = true;
	pthread_cond_broadcast(&frost.changed);
	pthread_mutex_unlock(&frost.mutex);
}

static void freeze_here(struct member *member)
{
	if (member->accesses != frost.at)
		return;
	frost_set(&frost.is_frozen);
	pthread_mutex_lock(&frost.mutex);
	while (!frost.is_free)
		pthread_cond_wait(&frost.changed, &frost.mutex);
	pthread_mutex_unlock(&frost.mutex);
}

static void frozen_body(void *argument, int index)
{
	const struct schedule_operation *operation = ((void **)argument)[0];

	(void)index;
	operation->run(((void **)argument)[1]);
	frost_set(&frost.is_done);
}

enum freeze { IS_OVER, LETS, BLOCKS };

/* Freezes `victim` at its access number `at` and runs `other` beside it. */
static enum freeze freeze_once(const struct schedule_operation *victim, long at,
			       const struct schedule_operation *other, void *object)
{
	void *argument[2] = {(void *)(uintptr_t)victim, object};
	struct member member = {freeze_here, 0, 1, 0, frozen_body, argument};
	struct beside beside;
	pthread_t frozen;
	enum freeze result = LETS;
	bool is_frozen;

	frost.at = at;
	frost.is_frozen = frost.is_done = frost.is_free = false;
	if (pthread_create(&frozen, NULL, member_main, &member))
		abort();
	pthread_mutex_lock(&frost.mutex);
	while (!frost.is_frozen && !frost.is_done)
		pthread_cond_wait(&frost.changed, &frost.mutex);
	is_frozen = frost.is_frozen;
	pthread_mutex_unlock(&frost.mutex);
	if (is_frozen && !beside_begin(&beside, other, object))
		result = BLOCKS;
	frost_set(&frost.is_free);
	pthread_join(frozen, NULL);
	if (is_frozen)
		beside_end(&beside);
	return is_frozen ? result : IS_OVER;
}

static void *object_new(size_t size, void (*prepare)(void *))
{
	void *object = calloc(1, size);

	if (!object)
		abort();
	if (prepare)
		prepare(object);
	return object;
}

static void object_free(void *object, void (*finish)(void *))
{
	if (finish)
		finish(object);
	free(object);
}

/* Freezes `victim` everywhere; returns how often that blocked `other`, and says where. */
static int freeze_everywhere(const struct schedule_operation *victim,
			     const struct schedule_operation *other, size_t size,
			     void (*prepare)(void *), void (*finish)(void *))
{
	int blocked = 0;
	long at = 1;

	for (;; at++) {
		void *object = object_new(size, prepare);
		enum freeze result = freeze_once(victim, at, other, object);

		object_free(object, finish);
		blocked += result == BLOCKS;
		/* One wait is enough to belie a claim, and takes long. */
		if (result == IS_OVER || (result == BLOCKS && other->claim != BLOCKING))
			break;
	}
	printf("  %-20s frozen at each of %2ld accesses: %-20s blocked %d times\n", victim->name,
	       at - 1, other->name, blocked);
	return blocked;
}

/* Has `operation` overtaken by every other; returns whether it was done in few accesses each time.
 */
static bool is_wait_free(const struct schedule_operation *operation,
			 const struct schedule_operation *others, int count, size_t size,
			 void (*prepare)(void *), void (*finish)(void *))
{
	bool is_so = true;

	for (int i = 0; i < count; i++) {
		void *object = object_new(size, prepare);

		is_so &= schedule_overtake(operation, &others[i], object);
		object_free(object, finish);
	}
	return is_so;
}

int schedule_freeze_beside(const struct schedule_operation *victims, int count,
			   const struct schedule_operation *other, size_t size,
			   void (*prepare)(void *object), void (*finish)(void *object))
{
	int blocked = 0;

	for (int victim = 0; victim < count; victim++)
		blocked += freeze_everywhere(&victims[victim], other, size, prepare, finish);
	return blocked;
}

int schedule_freeze(const struct schedule_operation *operations, int count, size_t size,
		    void (*prepare)(void *object), void (*finish)(void *object))
{
	static const char *const words[] = {"wait-free", "lock-free", "blocking"};
	int wrong = 0;

	for (int other = 0; other < count; other++) {
		const struct schedule_operation *operation = &operations[other];
		bool is_wrong;
		int blocked =
			schedule_freeze_beside(operations, count, operation, size, prepare, finish);

		is_wrong = (operation->claim == BLOCKING) != (blocked > 0);
		if (operation->claim == WAIT_FREE)
			is_wrong |=
				!is_wait_free(operation, operations, count, size, prepare, finish);
		printf("%-20s claims %-10s %s\n", operation->name, words[operation->claim],
		       is_wrong ? "WRONGLY" : "rightly");
		fflush(stdout);
		wrong += is_wrong;
	}
	return wrong;
}

/* A waiter that makes no access for this long, in milliseconds, has gone to sleep. */
enum { ASLEEP = 50 };

static bool stands_in_time(void)
{
	struct timespec until;
	bool stands, late = false;

	clock_gettime(CLOCK_REALTIME, &until);
	until = later(until, ASLEEP);
	pthread_mutex_lock(&frost.mutex);
	while (!frost.is_frozen && !late)
		late = pthread_cond_timedwait(&frost.changed, &frost.mutex, &until);
	stands = frost.is_frozen;
	pthread_mutex_unlock(&frost.mutex);
	return stands;
}

/* Has the waiter stand at its access number `at`, lets go of the object, and runs `other`. */
static enum freeze freeze_waiter_once(const struct schedule_operation *waiter, long at,
				      void (*let_go)(void *),
				      const struct schedule_operation *other, void *object)
{
	struct schedule_operation must_finish = {other->name, other->run, LOCK_FREE};
	void *argument[2] = {(void *)(uintptr_t)waiter, object};
	struct member member = {freeze_here, 0, 1, 0, frozen_body, argument};
	struct beside beside;
	pthread_t frozen;
	enum freeze result = LETS;
	bool stands;

	frost.at = at;
	frost.is_frozen = frost.is_done = frost.is_free = false;
	if (pthread_create(&frozen, NULL, member_main, &member))
		abort();
	stands = stands_in_time();
	let_go(object);
	if (stands && !beside_begin(&beside, &must_finish, object))
		result = BLOCKS;
	frost_set(&frost.is_free);
	pthread_join(frozen, NULL);
	if (stands)
		beside_end(&beside);
	return stands ? result : IS_OVER;
}

int schedule_freeze_waiter(const struct schedule_operation *waiter, void (*hold)(void *object),
			   void (*let_go)(void *object),
			   const struct schedule_operation *operations, int count, size_t size)
{
	int wrong = 0;

	for (int other = 0; other < count; other++) {
		enum freeze result;
		int blocked = 0;
		long at = 0;

		do {
			void *object = object_new(size, hold);

			result = freeze_waiter_once(waiter, ++at, let_go, &operations[other],
						    object);
			blocked += result == BLOCKS;
			object_free(object, NULL);
		} while (result == LETS);
		printf("  %-20s waits, frozen at each of %3ld accesses: %-12s blocked %d times\n",
		       waiter->name, at - 1, operations[other].name, blocked);
		wrong += blocked > 0 || at == 1;
	}
	return wrong;
}
