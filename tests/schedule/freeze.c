/*
 * The freeze: one thread stands still at an access, and another runs beside it.
 */
#include "member.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static long patience = 10000;
void schedule_patience(long milliseconds)
{
	patience = milliseconds;
}

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

/* Somebody who runs an operation beside the frozen one. */
struct beside {
	const struct schedule_operation *operation;
	void *object;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool is_done;
};

static void *beside_main(void *opaque)
{
	struct beside *beside = (struct beside *)opaque;

	beside->operation->run(beside->object);
	pthread_mutex_lock(&beside->mutex);
	beside->is_done = true;
	pthread_cond_broadcast(&beside->changed);
	pthread_mutex_unlock(&beside->mutex);
	return NULL;
}

/* Whether it is done in time: what may block gets a moment, what may not a long while. */
static bool beside_finishes(struct beside *beside)
{
	long milliseconds = beside->operation->claim == BLOCKING ? 100 : patience;
	struct timespec until;
	bool is_done, late = false;

	clock_gettime(CLOCK_REALTIME, &until);
	until = later(until, milliseconds);
	pthread_mutex_lock(&beside->mutex);
	while (!beside->is_done && !late)
		late = pthread_cond_timedwait(&beside->changed, &beside->mutex, &until);
	is_done = beside->is_done;
	pthread_mutex_unlock(&beside->mutex);
	return is_done;
}

enum freeze { IS_OVER, LETS, BLOCKS };

/* Freezes `victim` at its access number `at` and runs `other` beside it. */
static enum freeze freeze_once(const struct schedule_operation *victim, long at,
			       const struct schedule_operation *other, void *object)
{
	void *argument[2] = {(void *)(uintptr_t)victim, object};
	struct member member = {freeze_here, 0, 1, 0, frozen_body, argument};
	struct beside beside = {other, object, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
				false};
	pthread_t frozen, running;
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
	if (is_frozen && pthread_create(&running, NULL, beside_main, &beside))
		abort();
	if (is_frozen && !beside_finishes(&beside))
		result = BLOCKS;
	frost_set(&frost.is_free);
	pthread_join(frozen, NULL);
	if (is_frozen)
		pthread_join(running, NULL);
	return is_frozen ? result : IS_OVER;
}

/* Freezes `victim` everywhere; returns how often that blocked `other`, and says where. */
static int freeze_everywhere(const struct schedule_operation *victim,
			     const struct schedule_operation *other, size_t size,
			     void (*prepare)(void *), void (*finish)(void *))
{
	int blocked = 0;
	long at = 1;

	for (;; at++) {
		void *object = calloc(1, size);
		enum freeze result;

		if (!object)
			abort();
		if (prepare)
			prepare(object);
		result = freeze_once(victim, at, other, object);
		if (finish)
			finish(object);
		free(object);
		blocked += result == BLOCKS;
		if (result == IS_OVER)
			break;
	}
	printf("  %-20s frozen at each of %2ld accesses: %-20s blocked %d times\n", victim->name,
	       at - 1, other->name, blocked);
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
		int blocked = 0;

		for (int victim = 0; victim < count; victim++)
			blocked += freeze_everywhere(&operations[victim], operation, size, prepare,
						     finish);
		is_wrong = (operation->claim == BLOCKING) != (blocked > 0);
		printf("%-20s claims %-10s %s\n", operation->name, words[operation->claim],
		       is_wrong ? "WRONGLY" : "rightly");
		wrong += is_wrong;
	}
	return wrong;
}
