/* SPDX-License-Identifier: MIT */
/*
 * soak: every kind at once, by threads that come and go, while the process forks, gets signals,
 * loads and unloads modules and runs out of memory.
 *
 * A kind brings fields/<kind>/test/test_soak.c, which ends in one SOAK_KIND: its fields, some
 * operations on them, and how to tell at the end that nothing is lost. CMake makes the table of all
 * kinds from the folders that it finds.
 *
 * The program runs in epochs of a second or two. At the end of each all threads are gone, and each
 * kind's `finish` compares what went in with what came out, and ends its fields; then every value
 * must have been destroyed, once, and memory, threads and mappings must be as they were.
 *
 *	static void push(struct soak_thread *thread)
 *	{
 *		struct soak_value *value = soak_value_new(thread);
 *
 *		if (values_push(&values, value) != 0)
 *			soak_value_free(value);            // there was no memory, as it was ordered
 *	}
 *
 * Rules for operations: any number of threads run them at once. None is a cancellation point, for
 * threads are cancelled between them. A wait forever is allowed where `pump` ends it.
 *
 * Synchronization: counts are atomic; a soak_thread belongs to its thread, and the watchdog reads
 * it.
 */
#ifndef AFIELD_TESTS_SOAK_H
#define AFIELD_TESTS_SOAK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <errno.h>
#include <sched.h>

#include "sanitizers.h"

/* One who runs operations. The watchdog compares `since` with its patience. */
struct soak_thread {
	uint64_t random;       /* the thread's own */
	const char *kind;      /* __atomic; of the operation that runs, or NULL */
	const char *operation; /* __atomic */
	int64_t since;         /* __atomic; milliseconds of CLOCK_MONOTONIC */
	bool is_bounded;       /* the child of a fork: nobody pumps there */
};

struct soak_operation {
	const char *name;
	void (*run)(struct soak_thread *thread);
	unsigned long count; /* __atomic */
};

struct soak_kind {
	const char *name;
	struct soak_operation *operations;          /* ends with a name that is NULL */
	void (*pump)(struct soak_thread *thread);   /* ends every wait; called all the time */
	void (*in_signal)(void);                    /* in a handler, whatever it interrupted */
	void (*orphans)(struct soak_thread *child); /* in a child: puts right what it has */
	void (*finish)(struct soak_thread *thread); /* alone: compares, and ends the fields */
};
extern const struct soak_kind *const soak_kinds[]; /* NULL at the end */

/*
 * Defines soak_<kind>, from a list of functions that are its operations and what else it has:
 *
 *	#define OPERATIONS(operation) operation(push) operation(pop)
 *	SOAK_KIND(stack, OPERATIONS, .finish = finish);
 */
#define SOAK__OPERATION(function) {#function, function, 0},
#define SOAK_KIND(kind, list, ...)                                                                 \
	static struct soak_operation kind##_operations[] = {list(SOAK__OPERATION){NULL, NULL, 0}}; \
	extern const struct soak_kind soak_##kind;                                                 \
	const struct soak_kind soak_##kind = {                                                     \
		.name = #kind, .operations = kind##_operations, __VA_ARGS__}

/* A number below `limit`; xorshift, so that a seed repeats a thread's choices. */
static inline uint64_t soak_random(struct soak_thread *thread, uint64_t limit)
{
	thread->random ^= thread->random << 13;
	thread->random ^= thread->random >> 7;
	thread->random ^= thread->random << 17;
	return thread->random % limit;
}

static inline void soak_add(uint64_t *count, uint64_t amount)
{
	__atomic_fetch_add(count, amount, __ATOMIC_RELAXED);
}

/* soak.c: a failure is printed, a few hundred at most, and the program ends with status 1. */
#define SOAK_CHECK(condition) soak_check((condition) ? 1 : 0, __FILE__, __LINE__, #condition)
#define SOAK_EQUAL(a, b) soak_equal((uint64_t)(a), (uint64_t)(b), __FILE__, __LINE__, #a " == " #b)
void soak_check(int is_true, const char *file, int line, const char *condition);
void soak_equal(uint64_t a, uint64_t b, const char *file, int line, const char *condition);
unsigned long soak_failures(void);

/*
 * values.c: a value that knows whether it is alive. Every one that is made is freed once; `use`
 * checks that it has not been yet.
 */
struct soak_value {
	struct soak_value *self; /* NULL when freed; __atomic */
	uint64_t number;
};
struct soak_value *soak_value_new(struct soak_thread *thread);
void soak_value_free(struct soak_value *value);
void soak_value_use(const struct soak_value *value);
void soak_values_finish(void); /* alone: as many are gone as came */

/* What a kind with a destructor is given. */
static inline void soak_value_drop(struct soak_value **value)
{
	if (*value)
		soak_value_free(*value);
}

/* values.c: this thread's allocations fail, and it makes no threads. soak_value_new is spared. */
void soak_starve(bool is_starved);
unsigned long soak_starved(void);

/*
 * values.c: a deadline as programs have them: soon, past, far away, not even a valid time. NULL and
 * those that are forever are among them only where somebody pumps.
 */
const struct timespec *soak_deadline(struct soak_thread *thread, struct timespec *deadline);

/* A moment that is no cancellation point. */
static inline void soak_dawdle(struct soak_thread *thread)
{
	for (uint64_t i = soak_random(thread, 4); i > 0; i--)
		sched_yield();
}

/* soak.c: one operation of any kind, told to the watchdog; and what else goes on. */
void soak_step(struct soak_thread *thread);
void soak_tell(struct soak_thread *thread, const char *kind, const char *operation);
int64_t soak_now(void);
int soak_patience(void); /* seconds that one operation may take */

/* watch.c: a thread that ends the program when an operation hangs, and says which; the same for the
 * child of a fork; and memory, threads and mappings, alone, against those of earlier epochs. */
void soak_watch_begin(struct soak_thread *const *threads, int count);
void soak_watch_child(const struct soak_thread *thread);
void soak_measure(void);

/* disturb.c: a child that works on every field; other limits; a module that comes and goes. */
void soak_fork(struct soak_thread *thread);

/* Waits until nothing that was retired is left. Nobody retires. */
void soak_drain(void);
void soak_limits(struct soak_thread *thread);
void soak_limits_finish(void);
void soak_module(struct soak_thread *thread, const char *path);
void soak_signals_begin(void);
extern uint64_t soak_forks, soak_signals, soak_modules; /* __atomic */

#define SOAK_SANITIZED (SANITIZERS_ADDRESS || SANITIZERS_THREAD)

#endif
