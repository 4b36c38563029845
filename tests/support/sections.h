/* SPDX-License-Identifier: MIT */
/*
 * sections: is each access to a node that others may retire inside a read section?
 *
 * A thread runs an operation and is held before one of its instructions. Meanwhile another takes
 * out all that is inside the field and puts as much in anew, so that every node which the first one
 * can know of is retired. Is the first one in no section at that moment, a grace period ends, too,
 * and the nodes are freed: for good (fenced.h). Then the first one goes on. So with each of its
 * instructions in turn. Whoever leaves a section out, opens it late or leaves it early touches
 * memory that is gone, and the program says which operation it was and where. (Of an operation with
 * more than SECTIONS_PLACES instructions every second one will do, or every third; all of them with
 * AFIELD_STRESS=long.)
 *
 *	static const struct section_operation operations[] = {{"pop", pop}, {"push", push}};
 *	static const struct section_field field = {sizeof(numbers), fill, renew, finish, operations, 2};
 *	int main(void)
 *	{
 *		sections_begin("afield__queue_pop");
 *		TEST_CHECK(sections_catch(&field, &too_late));
 *		sections_hold(&field);
 *		return test_done();
 *	}
 *
 * When to use it: for a kind whose nodes are retired, on x86-64, without a sanitizer.
 *
 * Synchronization: one thread calls these.
 */
#ifndef AFIELD_TESTS_SECTIONS_H
#define AFIELD_TESTS_SECTIONS_H

#include <afield/reclaim.h>

#include "fenced.h"
#include "steps.h"
#include "test.h"
#include "text.h"
#include "watchdog.h"

#include <limits.h>
#include <sys/wait.h>

struct section_operation {
	const char *name;
	void (*run)(void *field);
};

struct section_field {
	size_t size;                /* of the field; zero is fresh */
	void (*fill)(void *field);  /* puts something in */
	void (*renew)(void *field); /* retires every node that fill or an operation put in */
	void (*finish)(void *field);
	const struct section_operation *operations;
	int count;
};

#ifndef SECTIONS_PLACES
#define SECTIONS_PLACES 100
#endif

/* The thread that is held. */
struct section_hold {
	const struct section_operation *operation;
	void *object;    /* the field */
	bool is_reading; /* when it was held; then, when it was done */
};

static inline enum steps_answer sections_at(struct steps *steps, const greg_t *registers)
{
	struct section_hold *hold = (struct section_hold *)steps->argument;

	if (!text_has((uintptr_t)registers[REG_RIP]) || --steps->count != 0)
		return STEPS_GO;
	hold->is_reading = afield_is_reading();
	return STEPS_HOLD;
}

static inline void sections_run(void *opaque)
{
	struct section_hold *hold = (struct section_hold *)opaque;

	hold->operation->run(hold->object);
	hold->is_reading = afield_is_reading();
}

/*
 * The library's thread ends when there is nothing to do, and who then makes another blocks signals,
 * traps too. So there is always something: this comes back in each round.
 */
static struct afield_retired sections_unrest;
static inline void sections_retire_again(struct afield_retired *retired)
{
	afield_retire_nowait(retired, sections_retire_again);
}

/* Makes the thread's record, which blocks signals. */
static inline void sections_prepare(void)
{
	AFIELD_READ_SECTION
	{
	}
}

/* Holds the operation before its instruction number `at`. Returns how many it has at most: `at` when
 * it was held. */
static inline long sections_hold_at(const struct section_field *kind,
				    const struct section_operation *operation, long at)
{
	struct section_hold hold = {operation, NULL, false};
	struct steps steps;
	bool is_held;

	hold.object = calloc(1, kind->size);
	if (!hold.object)
		abort();
	memset(&steps, 0, sizeof(steps));
	steps.body = sections_run;
	steps.argument = &hold;
	steps.hook = sections_at;
	steps.count = at;
	steps.prepare = sections_prepare;
	fenced_what = operation->name;
	kind->fill(hold.object);
	steps_start(&steps);
	is_held = steps_wait(&steps);
	if (is_held) {
		kind->renew(hold.object);
		if (!hold.is_reading)
			TEST_CHECK(afield_barrier() == 0);
	}
	steps_join(&steps);
	TEST_CHECK(!hold.is_reading); /* it left each section that it entered */
	kind->finish(hold.object);
	free(hold.object);
	return is_held ? at : at - steps.count;
}

/* At about so many places. */
static inline void sections_hold_everywhere(const struct section_field *kind,
					    const struct section_operation *operation, long most)
{
	long count = sections_hold_at(kind, operation, LONG_MAX);
	long stride = count / most + 1, places = 0;

	for (long at = 1; at <= count; at += stride, places++)
		(void)sections_hold_at(kind, operation, at);
	printf("  %-20s held before %ld of %ld instructions\n", operation->name, places, count);
	fflush(stdout);
	TEST_CHECK(places > 10);
}

static inline void sections_hold(const struct section_field *kind)
{
	for (int i = 0; i < kind->count; i++)
		sections_hold_everywhere(kind, &kind->operations[i], test_scaled(SECTIONS_PLACES));
}

/* Whether an operation that has a mistake is caught: in a child, which ends of it. It is held at all
 * places, for the mistake may be at few. */
static inline bool sections_catch(const struct section_field *kind,
				  const struct section_operation *operation)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		watchdog_start(60);
		sections_hold_everywhere(kind, operation, LONG_MAX);
		_exit(test_failures != 0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == FENCED_TOUCHED;
}

/* `symbol` is a function of the library. The program's own code, which has what headers hold, is
 * stepped through, too. What is freed goes back to malloc, which fences it
 * off. */
static inline void sections_begin(const char *symbol)
{
	TEST_CHECK(text_add((uintptr_t)dlsym(RTLD_DEFAULT, symbol)));
	TEST_CHECK(text_add((uintptr_t)sections_run));
	fenced_watch();
	watchdog_start(300);
	afield_set_cache_bytes(0);
	afield_retire(&sections_unrest, sections_retire_again);
}

#endif
