/* SPDX-License-Identifier: MIT */
/*
 * explore: runs a small concurrent program in every way that the C11 memory model allows.
 *
 * The program is an ordinary one: main, pthread_create and join, mutexes, malloc and free, assert,
 * and the atomic accesses of ordering.h or of <stdatomic.h>. The explorer runs it again and again
 * under a scheduler of its own, with old values read where the model lets a load read them, and
 * stops at the first failed assertion, data race, use after free, leak or deadlock, with the steps
 * that led there and a text that replays them.
 *
 * When to use it: to prove the orders of an algorithm, in a program of at most four threads with
 * one or two operations each. When not: for whole libraries, for time, or for hardware; the threads
 * are fibers of one system thread, and calls into the system are not seen.
 *
 *   The program is compiled with -DAFIELD_EXPLORE -fsanitize=thread and this header included first
 *   (gcc -include afield/explore.h), and linked with libafield-explore, without -fsanitize=thread:
 *
 *	target_link_libraries(my_litmus PRIVATE afield::explore)      # says all of that
 *
 *	./my_litmus                        bounded search: every schedule with at most 2 preemptions
 *	./my_litmus --mode exhaustive      every schedule
 *	./my_litmus --mode random --seed 7 --executions 100000
 *	./my_litmus --replay 0103          one execution again, with its steps
 *	./my_litmus --list-mutants         what can be broken on purpose, one SITE:OPERATOR a line
 *	./my_litmus --mutant "push.store(&node->next):relaxed"
 *	./my_litmus --matrix --equivalent FILE      all of them; each must be found or be in FILE
 *
 *   Exit status: 0 nothing found, 1 found, 2 wrong use, 3 the search ended before it was complete
 *   and --complete was asked for.
 *
 * Which executions: those of RC11, with C++20's release sequences. Not covered: load buffering,
 * consume (it is acquire), accesses of one atomic object with two sizes, sixteen-byte atomics.
 *
 * Synchronization: a program's calls are made by its fibers. afield_explore_run runs one search at
 * a time in a process.
 */
#ifndef AFIELD_EXPLORE_H
#define AFIELD_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(AFIELD_EXPLORE)
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* How to search. Zero is the bounded search with the defaults named here. */
struct afield_explore_options {
	enum { AFIELD_EXPLORE_BOUNDED, AFIELD_EXPLORE_EXHAUSTIVE, AFIELD_EXPLORE_RANDOM } mode;
	int preemptions;     /* bounded: at most so many; 0 means 2 */
	uint64_t executions; /* at most so many; 0 means 1000000 */
	double seconds;      /* at most so long; 0 means 60 */
	uint64_t seed;       /* random; 0 means 1 */
	uint32_t steps;      /* accesses in one execution; 0 means 2000 */
	uint32_t spurious;   /* failures of weak exchanges in one execution; 0 means 1 */
	bool no_spurious;    /* a weak exchange fails only when the values differ */
	bool no_leaks;       /* memory left at the end of main is no failure */
	bool reuse;          /* malloc gives a freed block of the same size again: for ABA */
	const char *mutant;  /* SITE:OPERATOR, or NULL */
	const char *replay;  /* runs this execution alone, with its steps on stdout; or NULL */
	/* Asked about each outcome (below) once, outside of the program, when the first execution
	 * that came out so has ended. False: that execution has failed. NULL allows all. */
	bool (*allows)(const char *outcome);
};

struct afield_explore_result {
	uint64_t executions, blocked, redundant;
	uint64_t outcomes; /* different ones */
	bool has_failed;
	bool is_complete; /* every execution within the bound has been run */
	double seconds;
	char failure[512];  /* what went wrong */
	char replay[16384]; /* for --replay */
};

/*
 * Searches. `program` is called once for each execution and returns 0; its global data is put back
 * in between. Progress: blocking, up to the limits. Returns 0, or -EINVAL for an unknown mutant or
 * a replay text that is none.
 */
int afield_explore_run(int (*program)(int, char **), const struct afield_explore_options *options,
		       struct afield_explore_result *result);

/*
 * Called by the program: notes how this execution came out, in printf's words. Executions that pass
 * are counted under the text; the last note of an execution counts. A text of more than 383
 * characters, and more than 32768 different ones, are failures.
 */
__attribute__((format(printf, 1, 2))) void afield_explore_outcome(const char *format, ...);

/* The outcomes of the last search, in the order of their texts; NULL past the last. */
const char *afield_explore_outcome_at(size_t index, uint64_t *count);

/* Called by the program: an execution in which this is false is not looked at further. */
void afield_explore_assume(int condition);

/* The command line above, for a program whose main is `program`. */
int afield_explore_main_with(int (*program)(int, char **), int argc, char **argv);

/* The same, with a judge of its outcomes: `allows` of the options. */
int afield_explore_main_judged(int (*program)(int, char **), bool (*allows)(const char *outcome),
			       int argc, char **argv);

/* In a program under exploration the names of <pthread.h>, <stdlib.h> and main mean these. */
typedef unsigned long afield_explore_thread;
int afield_explore_thread_create(afield_explore_thread *out, const void *attributes,
				 void *(*body)(void *), void *argument);
int afield_explore_thread_join(afield_explore_thread thread, void **result);
afield_explore_thread afield_explore_thread_self(void);
void afield_explore_thread_exit(void *result) __attribute__((noreturn));
int afield_explore_mutex_lock(void *mutex);
int afield_explore_mutex_trylock(void *mutex);
int afield_explore_mutex_unlock(void *mutex);
int afield_explore_cond_wait(void *condition, void *mutex);
int afield_explore_cond_signal(void *condition);
int afield_explore_cond_broadcast(void *condition);
void *afield_explore_malloc(size_t size);
void *afield_explore_calloc(size_t count, size_t size);
void afield_explore_free(void *memory);
void afield_explore_spin(void);
void afield_explore_abort(void);

#ifdef __cplusplus
}
#endif

#if defined(AFIELD_EXPLORE)
int afield_explore_main();
#define main afield_explore_main
#define pthread_create afield_explore_thread_create
#define pthread_join afield_explore_thread_join
#define pthread_self afield_explore_thread_self
#define pthread_exit afield_explore_thread_exit
#define pthread_mutex_init(mutex, attributes) ((void)(mutex), (void)(attributes), 0)
#define pthread_mutex_destroy(mutex) ((void)(mutex), 0)
#define pthread_mutex_lock afield_explore_mutex_lock
#define pthread_mutex_trylock afield_explore_mutex_trylock
#define pthread_mutex_unlock afield_explore_mutex_unlock
#define pthread_cond_init(condition, attributes) ((void)(condition), (void)(attributes), 0)
#define pthread_cond_destroy(condition) ((void)(condition), 0)
#define pthread_cond_wait afield_explore_cond_wait
#define pthread_cond_signal afield_explore_cond_signal
#define pthread_cond_broadcast afield_explore_cond_broadcast
#define sched_yield() (afield_explore_spin(), 0)
#define malloc afield_explore_malloc
#define calloc afield_explore_calloc
#define free afield_explore_free
#define abort afield_explore_abort
#define printf(...) ((void)0)
#define puts(text) ((void)(text))
#endif

#endif
