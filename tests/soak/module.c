/* SPDX-License-Identifier: MIT */
/*
 * A module that comes and goes, with a copy of afield of its own or with the program's.
 */
#include <afield/confined.h>
#include <afield/queue.h>
#include <afield/rcu.h>

#include <stdlib.h>

static long destroyed; /* __atomic; by a thread of the library's */

static void note(long *number)
{
	(void)number;
	__atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
}
AFIELD_TYPE(number_rcu, rcu, long, note);
AFIELD_TYPE(number_queue, queue, long, note);
AFIELD_TYPE(number_confined, confined, long, note);

enum { COUNT = 100 };

AFIELD_EXPORT int soak_module_run(void);

/* Returns 0, or the step that went wrong. */
int soak_module_run(void)
{
	number_rcu newest = {{{NULL}}};
	number_queue *queue = (number_queue *)calloc(1, sizeof(*queue));
	number_confined *confined = (number_confined *)calloc(1, sizeof(*confined));
	long number, sum = 0;

	if (!queue || !confined)
		abort();
	__atomic_store_n(&destroyed, 0, __ATOMIC_RELAXED);
	for (long i = 1; i <= COUNT; i++) {
		number_rcu_store(&newest, number_rcu_new(&i));
		AFIELD_READ_SECTION
		sum += *number_rcu_load(&newest) - i;
		if (number_queue_push(queue, i) != 0)
			return 1;
	}
	for (long i = 0; i < COUNT / 2; i++)
		if (number_queue_pop(queue, &number))
			sum += number - i - 1;
	if (sum != 0)
		return 2;
	if (number_confined_claim(confined) != 0 || !number_confined_get(confined))
		return 3;
	*number_confined_get(confined) = 5;
	number_confined_fini(confined);
	number_queue_fini(queue);
	number_rcu_fini(&newest);
	free(confined);
	free(queue);
	if (afield_barrier() != 0)
		return 4;
	/* All versions, half of the elements, and the one value that is this thread's own. */
	number = __atomic_load_n(&destroyed, __ATOMIC_RELAXED);
	return number == COUNT + COUNT / 2 + 1 ? 0 : 5;
}
