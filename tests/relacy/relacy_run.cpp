/* SPDX-License-Identifier: MIT */
/*
 * Runs a program under relacy: random executions, until one fails. The program's globals are put
 * back before each; they lie between the two marks, by the order in which the objects are linked.
 */
#define RELACY_RUN
#include "relacy_litmus.h"

#include <afield/ordering.h>

extern char relacy_first_data[], relacy_last_data[], relacy_first_bss[], relacy_last_bss[];
int relacy_main();

struct stand_in {
	const void *object;
	void *made;
	void (*unmake)(void *);
};
static stand_in stand_ins[256];
static size_t stand_in_count;

/*
 * The atomics among the program's globals, as earlier executions met them. They are made before the
 * program begins, so that their first values happen before everything: relacy lets nobody read
 * the value of an object that another thread made, unless it knows of the making.
 */
static struct {
	const void *object;
	void *(*make)(void);
	void (*unmake)(void *);
} known[256];
static size_t known_count;
static char *data_before;

static bool is_global(const void *object)
{
	const char *at = (const char *)object;

	return (at > relacy_first_data && at < relacy_last_data) ||
	       (at > relacy_first_bss && at < relacy_last_bss);
}

void *afield_relacy_find(const void *object, void *(*make)(void), void (*unmake)(void *))
{
	for (size_t i = 0; i < stand_in_count; i++)
		if (stand_ins[i].object == object)
			return stand_ins[i].made;
	RL_VERIFY(stand_in_count < sizeof(stand_ins) / sizeof(stand_ins[0]));
	stand_in made = {object, make(), unmake};
	stand_ins[stand_in_count++] = made;
	if (!is_global(object))
		return made.made;
	for (size_t i = 0; i < known_count; i++)
		if (known[i].object == object)
			return made.made;
	known[known_count].object = object;
	known[known_count].make = make;
	known[known_count++].unmake = unmake;
	return made.made;
}

int relacy_create(pthread_t *thread, void *(*body)(void *), void *argument)
{
	*thread = rl::ctx().create_thread(body, argument);
	return 0;
}

int relacy_join(pthread_t thread)
{
	thread->wait(false, false, $);
	return 0;
}

struct litmus : rl::test_suite<litmus, 1> {
	static size_t const dynamic_thread_count = 12; /* of one execution, one after another */

	void before()
	{
		size_t size = relacy_last_data - relacy_first_data;

		if (!data_before) {
			data_before = (char *)(::malloc)(size);
			memcpy(data_before, relacy_first_data, size);
		}
		memcpy(relacy_first_data, data_before, size);
		memset(relacy_first_bss, 0, relacy_last_bss - relacy_first_bss);
		stand_in_count = 0; /* a failed execution leaves its own, and relacy their memory */
	}

	void thread(unsigned)
	{
		for (size_t i = 0; i < known_count; i++)
			afield_relacy_find(known[i].object, known[i].make, known[i].unmake);
		relacy_main();
	}

	void after()
	{
		while (stand_in_count > 0) {
			stand_in_count--;
			stand_ins[stand_in_count].unmake(stand_ins[stand_in_count].made);
		}
	}
};

bool relacy_run(unsigned executions, std::ostream &report)
{
	rl::test_params parameters;
	size_t before;
	bool has_passed;

	parameters.iteration_count = executions;
	parameters.output_stream = &report;
	if (relacy_last_data < relacy_first_data || relacy_last_bss < relacy_first_bss)
		return false;
	/* A failure that met a new global may be its first value's; that is known now. */
	do {
		before = known_count;
		has_passed = rl::simulate<litmus>(parameters);
	} while (!has_passed && known_count > before);
	return has_passed;
}
