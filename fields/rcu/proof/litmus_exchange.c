/* SPDX-License-Identifier: MIT */
/*
 * Versions that are exchanged. They are static, and nothing is freed.
 */
#include "../../../tests/support/litmus.h"
#include "../rcu_core.h"

static struct afield__rcu fields[2];
static int versions[2];
static int *got[2]; /* written by the thread with that number */

/* Each version is replaced once, by one of the two, and who gets it has all that its maker did. */
static void replace(int self)
{
	versions[self] = 7;
	got[self] = (int *)afield__rcu_exchange(&fields[0], &versions[self]);
	if (got[self])
		assert(*got[self] == 7);
}

PROGRAM(two_exchanges)
{
	int *last;

	RUN(replace, replace);
	last = (int *)afield__rcu_exchange(&fields[0], NULL);
	assert((last == &versions[0] && got[0] == &versions[1] && got[1] == NULL) ||
	       (last == &versions[1] && got[1] == &versions[0] && got[0] == NULL));
}

/*
 * Two fields: each thread publishes in one and then looks into the other. Operations that are
 * linearizable by the clock cannot both find nothing.
 */
static void publish_and_look(int self)
{
	void *none = NULL;

	if (self == 0)
		assert(!afield__rcu_exchange(&fields[self], &versions[self]));
	else
		assert(afield__rcu_compare_exchange(&fields[self], &none, &versions[self]));
	got[self] = (int *)afield__rcu_load(&fields[1 - self]);
}

PROGRAM(two_fields)
{
	versions[0] = 1;
	versions[1] = 2;
	AFIELD_STORE(&fields[0].current, NULL, relaxed);
	AFIELD_STORE(&fields[1].current, NULL, relaxed);
	RUN(publish_and_look, publish_and_look);
	assert(got[0] || got[1]);
	assert(!got[0] || *got[0] == 2);
	assert(!got[1] || *got[1] == 1);
}

PROGRAMS(two_exchanges, two_fields)
