/* SPDX-License-Identifier: MIT */
/*
 * schedule: decides which thread goes on at every atomic access of a build with -DAFIELD_PAUSES.
 *
 * The whole library runs, on real threads. Modes:
 *   noise   all threads run; one access in 64 yields the processor, four in 64 spin for a moment;
 *   walk    one thread runs at a time and at each access the next is drawn;
 *   pct     one thread runs at a time, the one of highest priority; at three accesses, drawn
 *           beforehand, the running thread falls to the lowest.
 * AFIELD_SCHEDULE=MODE:SEED in the environment replays one schedule; every failure prints it. The
 * modes that run one thread at a time replay exactly as long as nobody sleeps in the kernel: a
 * thread that does loses its turn after a while, by the clock.
 *
 * The freeze: a thread stops forever at its n-th access, for every n. What the others can
 * still do is what the words lock-free and blocking promise. The fault: something happens to a
 * thread at its n-th access.
 */
#ifndef AFIELD_TESTS_SCHEDULE_H
#define AFIELD_TESTS_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum schedule_mode { SCHEDULE_NOISE, SCHEDULE_WALK, SCHEDULE_PCT, SCHEDULE_MODES };

/* Runs body(argument, 0 .. threads-1) once under one schedule. */
void schedule_run(enum schedule_mode mode, uint64_t seed, int threads,
		  void (*body)(void *argument, int index), void *argument);

/*
 * Runs `round` under seeds 1 .. count in every mode, or under the one of AFIELD_SCHEDULE. A round
 * calls schedule_run once and returns false when it found a mistake. Returns the number of rounds
 * that did, and prints the first of each mode; first[mode], where given, is its seed.
 */
int schedule_search(const char *name, bool (*round)(enum schedule_mode mode, uint64_t seed),
		    uint64_t count, uint64_t first[SCHEDULE_MODES]);

/* An operation of a kind and what its header says of it. */
struct schedule_operation {
	const char *name;
	void (*run)(void *object);
	enum { WAIT_FREE, LOCK_FREE, BLOCKING } claim;
};

/*
 * Freezes each operation at each of its accesses, on an object of `size` zero bytes that `prepare`
 * (or NULL) made ready, and runs every operation beside it. One that claims not to block must
 * finish each time; one that claims to block must be blocked at least once. And one that claims to
 * be wait-free must finish in few accesses when another is done from beginning to end before each
 * of them; one that is lock-free need not. Prints what blocked what. `finish` (or NULL) is called
 * with each object after everybody is done. Returns the number of claims that do not hold.
 */
int schedule_freeze(const struct schedule_operation *operations, int count, size_t size,
		    void (*prepare)(void *object), void (*finish)(void *object));

/*
 * Freezes each of `victims` at each of its accesses, likewise, and runs `other` beside it, whatever
 * else that looks at. Returns how often it was blocked.
 */
int schedule_freeze_beside(const struct schedule_operation *victims, int count,
			   const struct schedule_operation *other, size_t size,
			   void (*prepare)(void *object), void (*finish)(void *object));

/*
 * Freezes `waiter` while it waits: `hold` has made it wait, `let_go`, by the same thread, ends
 * that, and then every operation that is named must finish beside it, whatever it claims, because
 * one who waits holds nothing. The frozen thread stands at each access that it makes before it
 * sleeps. Returns the number of operations that did not finish.
 */
int schedule_freeze_waiter(const struct schedule_operation *waiter, void (*hold)(void *object),
			   void (*let_go)(void *object),
			   const struct schedule_operation *operations, int count, size_t size);

/*
 * Runs body(argument) in a thread of its own and calls fault(argument) there before its access
 * number `at`; what the fault does is not counted, and it need not return. Returns false when the
 * body made fewer accesses, so that a test asks for 1, 2 and so on until then.
 */
bool schedule_fault(long at, void (*body)(void *argument), void (*fault)(void *argument),
		    void *argument);

/* How many accesses this thread has made so far, if it is one whose accesses are seen; else 0. */
long schedule_accesses(void);

/* A fault: the thread ends there. */
void schedule_end_thread(void *unused);

/* How long, in milliseconds, an operation that claims not to block may take; 10000 at first. */
void schedule_patience(long milliseconds);

#endif
