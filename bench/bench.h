/* SPDX-License-Identifier: MIT */
/*
 * bench: times an operation beside its rivals and beside what the machine can do at best.
 *
 * A kind's bench is one table of groups. A group asks one question ("how long does a fetch_add
 * take?") of two or more contenders, ours first. In one process, rounds alternate between the
 * contenders, so that drift of the machine meets all of them alike; a row reports the median round
 * and its spread, the time of ours over that of each rival, and the time over the physical bound.
 * Each group runs with one thread, with one on every core, and with four on every core, because
 * these three disagree. Nothing is ever asserted about time.
 *
 *	#include "bench.h"
 *
 *	static afield_i64 hits;
 *	BENCH_BODY(ours, afield_i64, bench_keep(afield_i64_fetch_add(it, 1)))
 *	BENCH_BODY(rival, afield_i64, bench_keep(__atomic_fetch_add((int64_t *)it, 1, 5)))
 *
 *	static const struct bench_group groups[] = {
 *		{.name = "i64 fetch_add",
 *		 .bound = {.rmws = 1},
 *		 .contenders = {{"afield", ours, &hits}, {"C11", rival, &hits}}},
 *	};
 *	BENCH_MAIN("atomic", groups)
 *
 * When to use it: in fields/<kind>/bench/bench*.c, each of which becomes a program of its own;
 * building the target `bench` runs all of them and prints one table. When not: in a test.
 *
 * What comes out on standard output is text: `# key: value` lines on the machine and the build, and
 * one line for each contender and number of threads, its columns separated by tabs:
 *
 *	kind  case  threads  who  ns  spread  ours/it  it/bound  note  cpu  others
 *
 * `ns` is the time that one processor spends on one operation; `spread` is half the distance
 * between the quartiles, in per cent of the median; `cpu` is the processor time of the whole process
 * for one operation, `others` how much of it, in per cent, was spent by threads that are no callers
 * (the library's own, which gives memory back). A column that does not apply holds "-". A program of
 * another kind (a Python script) takes part by printing such lines, and may leave out the last two
 * columns: see afield_bench_rows in bench/CMakeLists.txt.
 *
 * The environment says how it is measured:
 *	AFIELD_BENCH_SECONDS   how long for one row; by default 0.12. With more threads than cores it
 *	                       takes three times as long, since the scheduler's slices are long.
 *	AFIELD_BENCH_THREADS   "1 2 4": these numbers of threads in place of the usual three, as far as
 *	                       a group takes them
 *	AFIELD_BENCH_RAW       a file to which each round is appended, as a line of CSV:
 *	                       kind, case, threads, who, round, ns, cpu, others (all in ns)
 *	AFIELD_BENCH_COUNT     "CASE/WHO/N": nothing is timed or printed; one thread does N operations
 *	                       of this contender, for a tool that counts instructions
 *
 * Synchronization: the callbacks `before`, `after` and `note` run alone; bodies run beside each
 * other, on `threads` threads, each with its own index.
 */
#ifndef AFIELD_BENCH_H
#define AFIELD_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Performs the operation `iterations` times on `state`. It is called through a pointer, so the
 * compiler sees none of its callers, and for about 20 microseconds at a time. `thread` counts from
 * zero. State that one thread alone may touch belongs into an array indexed by it. A body gets on
 * when it is alone: one that waits for another thread hangs while its batch is being sized. Where a
 * group gives its batch, a body may wait, until bench_is_over, which stays true until the next round.
 */
typedef void bench_body(void *state, long iterations, int thread);

/* The usual body: a loop around one statement, in which `it` is the state, `i` the iteration. */
#define BENCH_BODY(function, T, statement)                             \
	static void function(void *state, long iterations, int thread) \
	{                                                              \
		T *it = (T *)state;                                    \
		(void)it, (void)thread;                                \
		for (long i = 0; i < iterations; i++) {                \
			statement;                                     \
		}                                                      \
	}                                                              \
	typedef int function##_is_a_body

/* name.it: a T that has its cache line, and those beside it, to itself. */
#define BENCH_APART(T, name)      \
	static struct {           \
		char before[128]; \
		T it;             \
		char behind[128]; \
	} name

/*
 * Uses a value, so that what computes it is not optimized away, and costs nothing: the value stays
 * in its register. bench_keep_memory says that everything in memory is used and may have changed;
 * with a pointer to a struct on the stack, its members have to be written there.
 */
#define bench_keep(value) __asm__ __volatile__("" : : "r"(value))
#define bench_keep_double(value) __asm__ __volatile__("" : : "x"(value))
#define bench_keep_memory(pointer) __asm__ __volatile__("" : : "r"(pointer) : "memory")

/* One of those who are compared. Ended by one without a body. */
struct bench_contender {
	const char *name; /* "afield", "pthread mutex" */
	bench_body *body;
	void *state;
	/* Before and after each round, outside the timed part; may be NULL. */
	void (*before)(void *state, int threads);
	void (*after)(void *state);
	/* Once after the last round: a few words for the last column; may be NULL. */
	void (*note)(void *state, char *text, size_t size);
};

/* Of a kind that gives memory to the reclaimer: an `after` that waits until all of it is freed, and
 * a `note` that says how read sections are made here. */
void bench_drain(void *state);
void bench_backend(void *state, char *text, size_t size);

/*
 * The least that one operation must do, whoever implements it. Calibration turns it into time.
 * `rmws` are locked instructions. `transfers` are cache lines that must come from another core for
 * every single operation, and count only when there are several threads; a contended word is no
 * such line, because a core does many operations before it loses it. All zero: no bound is known.
 */
struct bench_bound {
	double loads;
	double stores;
	double rmws;
	double transfers;
};

enum bench_threads {
	BENCH_ONE = 1,   /* one thread */
	BENCH_CORES = 2, /* one on each core; left out where there is but one */
	BENCH_OVER = 4,  /* four on each core: threads are preempted at any point */
	BENCH_PAIR = 8   /* two, each on its core; left out where there is but one */
};

struct bench_group {
	const char *name;
	unsigned threads; /* of enum bench_threads; 0: the first three */
	/* The first so many threads make load and are not counted. A thread knows by its index. */
	int background;
	/* So many iterations a call. 0: as many as take about 20 microseconds for a thread alone. */
	long batch;
	struct bench_bound bound;
	struct bench_contender contenders[8]; /* ours first */
};

/* Runs the groups whose names contain one of the arguments, all without; returns main's status. */
int bench_main(int argc, char **argv, const char *kind, const struct bench_group *groups,
	       size_t count);
#define BENCH_MAIN(kind, groups)                                                                   \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return bench_main(argc, argv, kind, groups, sizeof(groups) / sizeof((groups)[0])); \
	}

/*
 * A function of the shared module built from fields/<kind>/bench/<file>.c, whose name begins with
 * bench_module. The module is compiled and loaded as an extension is: position independent, opened
 * at run time, with the flags that afield exports. Ends the program when it is not there. To
 * compare a body in the module with the same body in the program, include bench_module.c from
 * bench.c, where it defines a function that the program calls by name.
 *
 *	bench_body *in_module = (bench_body *)bench_module("rcu", "bench_module", "read_section");
 */
void *bench_module(const char *kind, const char *file, const char *symbol);

/* How many processors this process may use. */
int bench_cores(void);

/* Whether the round is over: a body that waits for another thread gives up. */
bool bench_is_over(void);

#ifdef __cplusplus
}
#endif

#endif
