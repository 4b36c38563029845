/* SPDX-License-Identifier: MIT */
/*
 * The pause hook, and the threads that it holds and lets go.
 */
#include "member.h"

#include <afield/ordering.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CREW = 8, CHANGES = 3, SHORTEST = 8, PATIENCE = 5 };

static _Thread_local struct member *self;

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

static void turn_take(struct member *member)
{
	int index = member->index;

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

/* Every atomic access of the library comes here first. */
void afield_pause(const char *function, int line, const char *name);
void afield_pause(const char *function, int line, const char *name)
{
	struct member *member = self;

	(void)function, (void)line, (void)name;
	if (!member)
		return;
	self = NULL; /* what is done at a pause makes accesses of its own */
	member->accesses++;
	member->at_access(member);
	self = member;
}

long schedule_accesses(void)
{
	return self ? self->accesses : 0;
}

static void make_noise(struct member *member)
{
	uint64_t drawn = random_next(&member->random) % 64;

	if (drawn == 0)
		sched_yield();
	for (uint64_t i = 0; drawn >= 60 && i < 200; i++)
		AFIELD_SPIN();
}

void *member_main(void *opaque)
{
	self = (struct member *)opaque;
	if (self->at_access == turn_take)
		turn_begin(self->index);
	self->body(self->argument, self->index);
	if (self->at_access == turn_take)
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
			(struct member){mode == SCHEDULE_NOISE ? make_noise : turn_take,
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
