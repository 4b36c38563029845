/* SPDX-License-Identifier: MIT */
/*
 * atomic: what two threads may see of each other, verb by verb.
 *
 * Each program is two short threads over two words. It runs on arrays of words, without a barrier
 * between one instance and the next, so that the threads pass each other at every distance. Every
 * result is counted and looked up in a table that grades it:
 *   allowed       may or may not occur
 *   interesting   allowed, and must occur: otherwise the program has proved nothing
 *   forbidden     must never occur
 */
#include <afield/atomic.h>

#include "bind.h"
#include "test.h"

#include <sched.h>
#include <time.h>

enum { INSTANCES = 16384, RESULTS = 4 };

struct instance {
	afield_i64 x;
	char apart[120];
	afield_i64 y;
	char apart_too[120];
};

/* The words, and what each thread saw: 2 * left + right is the result of an instance. */
static struct instance instances[INSTANCES];
static char left_saw[INSTANCES], right_saw[INSTANCES];

enum grade { ALLOWED, INTERESTING, FORBIDDEN };
static const char *const grade_names[] = {"allowed", "interesting", "forbidden"};

struct outcome {
	enum grade grade;
	const char *reason;
};

struct program {
	const char *name;
	void (*left)(void);
	void (*right)(void);
	const char *results[RESULTS]; /* how a result is shown */
	struct outcome outcomes[RESULTS];
};

/* One thread of a program: a loop over the instances, in which x, y and `saw` are the words. */
#define THREAD(function, saw_array, statements)          \
	static void function(void)                       \
	{                                                \
		for (int i = 0; i < INSTANCES; i++) {    \
			afield_i64 *x = &instances[i].x; \
			afield_i64 *y = &instances[i].y; \
			char *saw = &saw_array[i];       \
			(void)x, (void)y, (void)saw;     \
			statements;                      \
		}                                        \
	}                                                \
	typedef int function##_is_a_thread

/* Store buffering: each stores its word and looks at the other's. */
#define STORE_BUFFERING(name, store, load)                                \
	THREAD(name##_left, left_saw, store(x, 1); *saw = (char)load(y)); \
	THREAD(name##_right, right_saw, store(y, 1); *saw = (char)load(x))
STORE_BUFFERING(bare, afield_i64_store, afield_i64_load);
STORE_BUFFERING(relaxed, afield_i64_store_relaxed, afield_i64_load_relaxed);
STORE_BUFFERING(paired, afield_i64_store_release, afield_i64_load_acquire);
STORE_BUFFERING(exchanged, (void)afield_i64_exchange, afield_i64_load);

/* Message passing: x is the message, y says that it is there. The result is (flag, message). */
THREAD(publish, left_saw, afield_i64_store_relaxed(x, 1); afield_i64_store_release(y, 1));
THREAD(receive, right_saw, int64_t flag = afield_i64_load_acquire(y);
       *saw = (char)(2 * flag + afield_i64_load_relaxed(x)));

/* One word, read twice. The result is (first, second). */
THREAD(write_once, left_saw, afield_i64_store_relaxed(x, 1));
THREAD(read_twice, right_saw, int64_t first = afield_i64_load_relaxed(x);
       *saw = (char)(2 * first + afield_i64_load_relaxed(x)));

/* Both add to one word, in the weakest order there is. */
THREAD(add_left, left_saw, *saw = (char)afield_i64_fetch_add_relaxed(x, 1));
THREAD(add_right, right_saw, *saw = (char)afield_i64_fetch_add_relaxed(x, 1));

/* clang-format off: tables */
#define SAW_EACH_OTHER                                             \
	{                                                          \
		"neither saw", "right saw", "left saw", "both saw" \
	}
#define MESSAGES                                                                   \
	{                                                                          \
		"no flag, no data", "no flag, data", "flag, no data", "flag, data" \
	}
#define EITHER                                  \
	{ALLOWED, "one thread was first"},      \
	{                                       \
		ALLOWED, "one thread was first" \
	}
#define BOTH                                                \
	{                                                   \
		ALLOWED, "the stores came before the loads" \
	}
#define ONE_ORDER                                                                    \
	{                                                                            \
		FORBIDDEN, "bare verbs have one order, in which some store is first" \
	}
#define BUFFERED                                                                                \
	{                                                                                       \
		INTERESTING, "each store was still in its core's buffer: no order was promised" \
	}

static const struct program programs[] = {
	{"store, load", bare_left, bare_right, SAW_EACH_OTHER, {ONE_ORDER, EITHER, BOTH}},
	{"exchange, load",
	 exchanged_left,
	 exchanged_right,
	 SAW_EACH_OTHER,
	 {ONE_ORDER, EITHER, BOTH}},
	{"store_relaxed, load_relaxed",
	 relaxed_left,
	 relaxed_right,
	 SAW_EACH_OTHER,
	 {BUFFERED, EITHER, BOTH}},
	{"store_release, load_acquire",
	 paired_left,
	 paired_right,
	 SAW_EACH_OTHER,
	 {BUFFERED, EITHER, BOTH}},
	{"data, then a flag by store_release; flag by load_acquire, then data",
	 publish,
	 receive,
	 MESSAGES,
	 {{ALLOWED, "the reader was first"},
	  {INTERESTING, "the reader came between: the threads did meet"},
	  {FORBIDDEN, "an acquire load that sees the flag sees what came before it"},
	  {ALLOWED, "the writer was first"}}},
	{"store_relaxed; load_relaxed twice",
	 write_once,
	 read_twice,
	 {"0, then 0", "0, then 1", "1, then 0", "1, then 1"},
	 {{ALLOWED, "the reader was first"},
	  {INTERESTING, "the store came between: the threads did meet"},
	  {FORBIDDEN, "one word never goes back, in any order"},
	  {ALLOWED, "the writer was first"}}},
	{"fetch_add_relaxed by both",
	 add_left,
	 add_right,
	 {"0 and 0", "0 and 1", "1 and 0", "1 and 1"},
	 {{FORBIDDEN, "an update would be lost"},
	  {INTERESTING, "left was first"},
	  {INTERESTING, "right was first"},
	  {FORBIDDEN, "an update would be counted twice"}}},
};
/* clang-format on */

/* The two threads start a pass together, and the first collects when both are done. */
static struct {
	const struct program *program;
	bool is_interested; /* asked before the threads are bound */
	unsigned long counts[RESULTS];
	AFIELD_ATOMIC(int) arrived;
	AFIELD_ATOMIC(int) is_over;
} run;

/* Spins for a while, so that both leave within nanoseconds, then gives the other a chance. */
static void meet(int arrivals)
{
	AFIELD_FETCH_ADD(&run.arrived, 1, acq_rel);
	for (long spins = 1; AFIELD_LOAD(&run.arrived, acquire) < arrivals; spins++)
		if (spins % 20000 == 0)
			sched_yield();
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/*
 * Interesting outcomes need two processors, and instructions close to each other: ThreadSanitizer
 * does so much around each access, locks included, that the buffers are empty in between.
 */
static bool is_interested(void)
{
#ifdef AFIELD__TSAN
	return false;
#else
	return test_processors() > 1;
#endif
}

static bool is_complete(void)
{
	for (int i = 0; i < RESULTS; i++)
		if (run.program->outcomes[i].grade == INTERESTING && run.counts[i] == 0)
			return false;
	return true;
}

static void collect(void)
{
	for (int i = 0; i < INSTANCES; i++)
		run.counts[2 * left_saw[i] + right_saw[i]]++;
	memset(instances, 0, sizeof(instances));
	memset(left_saw, 0, sizeof(left_saw));
	memset(right_saw, 0, sizeof(right_saw));
}

/*
 * The passes asked for, or what two seconds allow: where other programs have the processors, each
 * meeting takes a slice of theirs. Then more, for thirteen seconds at most, until all that must
 * occur has.
 */
static void pass(void *argument, int index)
{
	long passes = *(const long *)argument;
	double begin = now();
	int arrivals = 0;

	test_bind(index);
	for (long i = 0; !AFIELD_LOAD(&run.is_over, acquire); i++) {
		meet(arrivals += 2);
		if (index == 0)
			run.program->left();
		else
			run.program->right();
		meet(arrivals += 2);
		if (index == 0) {
			collect();
			double seconds = now() - begin;
			bool is_satisfied = !run.is_interested || is_complete();

			if ((i + 1 >= passes || seconds > 2) && (is_satisfied || seconds > 15))
				AFIELD_STORE(&run.is_over, 1, release);
		}
		meet(arrivals += 2);
	}
}

static void print_outcomes(void)
{
	printf("  %s\n", run.program->name);
	for (int i = 0; i < RESULTS; i++)
		printf("    %-18s %10lu  %-11s  %s\n", run.program->results[i], run.counts[i],
		       grade_names[run.program->outcomes[i].grade],
		       run.program->outcomes[i].reason);
}

static void outcomes_are_as_graded(void)
{
	long passes = test_scaled(60);

	for (size_t n = 0; n < sizeof(programs) / sizeof(programs[0]); n++) {
		const struct program *program = &programs[n];

		memset(&run, 0, sizeof(run));
		memset(instances, 0, sizeof(instances));
		run.program = program;
		run.is_interested = is_interested();
		test_threads(2, pass, &passes);
		print_outcomes();
		for (int i = 0; i < RESULTS; i++) {
			if (program->outcomes[i].grade == FORBIDDEN)
				TEST_CHECK(run.counts[i] == 0);
			if (program->outcomes[i].grade == INTERESTING && run.is_interested)
				TEST_CHECK(run.counts[i] > 0);
		}
	}
	if (!run.is_interested)
		printf("  interesting outcomes were not required: one processor, or a sanitizer\n");
}

int main(void)
{
	TEST_RUN(outcomes_are_as_graded);
	return test_done();
}
