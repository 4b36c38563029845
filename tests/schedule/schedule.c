/*
 * The pause hook, and the threads that it holds and lets go.
 */
#include "schedule.h"

#include <afield/ordering.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CREW = 8, CHANGES = 3, SHORTEST = 8, PATIENCE = 5 };

/* What a thread does at a pause. */
struct member {
	enum { RUNS_NOISY, RUNS_IN_TURN, RUNS_TO_FREEZE } how;
	int index;
	uint64_t random;
	long accesses;
	void (*body)(void *argument, int index);
	void *argument;
};
static _Thread_local struct member *self;

static long patience = 10000;
void schedule_patience(long milliseconds)
{
	patience = milliseconds;
}

static struct timespec later(struct timespec time, long milliseconds)
{
	time.tv_nsec += milliseconds % 1000 * 1000000;
	time.tv_sec += milliseconds / 1000 + time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

static uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * UINT64_C(0x2545f4914f6cdd1d) >> 24;
}

/* Turns: one thread runs, the others wait for theirs. Everything here is guarded by `mutex`. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	enum schedule_mode mode;
	uint64_t random;
	int threads, turn, arrived;
	bool is_waiting[CREW];
	int priority[CREW], lowest;
	long steps, change[CHANGES];
} turns = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Draws who goes on, among those that wait for their turn. */
static void turn_pass(void)
{
	int can[CREW], count = 0;

	for (int i = 0; i < turns.threads; i++)
		if (turns.is_waiting[i])
			can[count++] = i;
	turns.turn = -1;
	if (count == 0)
		return;
	turns.turn = can[random_next(&turns.random) % (uint64_t)count];
	if (turns.mode == SCHEDULE_PCT) {
		turns.turn = can[0];
		for (int i = 1; i < count; i++)
			if (turns.priority[can[i]] > turns.priority[turns.turn])
				turns.turn = can[i];
	}
	pthread_cond_broadcast(&turns.changed);
}

/* Waits for this thread's turn. Who sleeps elsewhere for too long has lost its own. */
static void turn_await(int index)
{
	while (turns.turn != index) {
		struct timespec until;
		long steps = turns.steps;
		int turn = turns.turn;

		clock_gettime(CLOCK_REALTIME, &until);
		until = later(until, PATIENCE);
		if (pthread_cond_timedwait(&turns.changed, &turns.mutex, &until) &&
		    turns.steps == steps && turns.turn == turn && turns.arrived == turns.threads)
			turn_pass();
	}
}

static void turn_take(int index)
{
	pthread_mutex_lock(&turns.mutex);
	turns.steps++;
	for (int i = 0; i < CHANGES && turns.mode == SCHEDULE_PCT; i++)
		if (turns.change[i] == turns.steps)
			turns.priority[index] = --turns.lowest;
	turns.is_waiting[index] = true;
	turn_pass();
	turn_await(index);
	turns.is_waiting[index] = false;
	pthread_mutex_unlock(&turns.mutex);
}

static void turn_begin(int index)
{
	pthread_mutex_lock(&turns.mutex);
	turns.is_waiting[index] = true;
	if (++turns.arrived == turns.threads)
		turn_pass();
	turn_await(index);
	turns.is_waiting[index] = false;
	pthread_mutex_unlock(&turns.mutex);
}

static void turn_end(void)
{
	pthread_mutex_lock(&turns.mutex);
	turn_pass();
	pthread_mutex_unlock(&turns.mutex);
}

static void turns_reset(enum schedule_mode mode, uint64_t seed, int threads)
{
	/* Where the changes of priority lie depends on how long the run is, which nobody knows. */
	uint64_t length = SHORTEST << seed % 5;

	turns.mode = mode;
	turns.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	turns.threads = threads;
	turns.turn = -1;
	turns.arrived = turns.lowest = 0, turns.steps = 0;
	for (int i = 0; i < CREW; i++) {
		turns.is_waiting[i] = false;
		turns.priority[i] = 1 + (int)(random_next(&turns.random) % 1000);
	}
	for (int i = 0; i < CHANGES; i++)
		turns.change[i] = 1 + (long)(random_next(&turns.random) % length);
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

static void freeze_here(void)
{
	frost_set(&frost.is_frozen);
	pthread_mutex_lock(&frost.mutex);
	while (!frost.is_free)
		pthread_cond_wait(&frost.changed, &frost.mutex);
	pthread_mutex_unlock(&frost.mutex);
}

/* Every atomic access of the library comes here first. */
void afield_pause(const char *function, int line, const char *name);
void afield_pause(const char *function, int line, const char *name)
{
	struct member *member = self;
	uint64_t drawn;

	(void)function, (void)line, (void)name;
	if (!member)
		return;
	member->accesses++;
	switch (member->how) {
	case RUNS_IN_TURN:
		turn_take(member->index);
		break;
	case RUNS_TO_FREEZE:
		if (member->accesses == frost.at)
			freeze_here();
		break;
	case RUNS_NOISY:
		drawn = random_next(&member->random) % 64;
		if (drawn == 0)
			sched_yield();
		for (uint64_t i = 0; drawn >= 60 && i < 200; i++)
			AFIELD_SPIN();
		break;
	}
}

static void *member_main(void *opaque)
{
	self = (struct member *)opaque;
	if (self->how == RUNS_IN_TURN)
		turn_begin(self->index);
	self->body(self->argument, self->index);
	if (self->how == RUNS_IN_TURN)
		turn_end();
	self = NULL;
	return NULL;
}

void schedule_run(enum schedule_mode mode, uint64_t seed, int threads,
		  void (*body)(void *argument, int index), void *argument)
{
	struct member members[CREW];
	pthread_t handles[CREW];

	turns_reset(mode, seed, threads);
	for (int i = 0; i < threads; i++) {
		members[i] =
			(struct member){mode == SCHEDULE_NOISE ? RUNS_NOISY : RUNS_IN_TURN,
					i,
					(seed * 8 + (uint64_t)i + 1) * UINT64_C(0x9e3779b97f4a7c15),
					0,
					body,
					argument};
		if (pthread_create(&handles[i], NULL, member_main, &members[i]))
			abort();
	}
	for (int i = 0; i < threads; i++)
		pthread_join(handles[i], NULL);
}

static const char *const mode_names[] = {"noise", "walk", "pct"};

int schedule_search(const char *name, bool (*round)(enum schedule_mode mode, uint64_t seed),
		    uint64_t count, uint64_t first[SCHEDULE_MODES])
{
	const char *wanted = getenv("AFIELD_SCHEDULE");
	int found = 0;

	for (int mode = 0; mode < SCHEDULE_MODES; mode++) {
		size_t length = strlen(mode_names[mode]);
		int here = 0;

		if (first)
			first[mode] = 0;
		if (wanted && (strncmp(wanted, mode_names[mode], length) || wanted[length] != ':'))
			continue;
		for (uint64_t seed = 1; seed <= count; seed++) {
			if (wanted)
				seed = count = strtoull(wanted + length + 1, NULL, 10);
			if (round(mode, seed))
				continue;
			if (here++ == 0) {
				printf("%s: found; again with AFIELD_SCHEDULE=%s:%llu\n", name,
				       mode_names[mode], (unsigned long long)seed);
				if (first)
					first[mode] = seed;
			}
		}
		found += here;
	}
	return found;
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
	struct member member = {RUNS_TO_FREEZE, 0, 1, 0, frozen_body, argument};
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
