/* SPDX-License-Identifier: MIT */
/*
 * How many stripes a counter gets: as many as there are processors, to the next power of two, and
 * not more than 128. And that they are used, once they are there.
 */
#include <afield/counter.h>

#include "replaced.h"
#include "test.h"

#include <unistd.h>

static long processors; /* 0: as many as there are */

REPLACED_BEGIN
long __sysconf(int name) NOTHROW; /* glibc's, by its own name */
REPLACED_UNSEEN long sysconf(int name) NOTHROW
{
	return name == _SC_NPROCESSORS_CONF && processors ? processors : __sysconf(name);
}
REPLACED_END

static void stripes_are_as_many_as_processors(void)
{
	static const struct {
		long processors;
		size_t stripes;
	} cases[] = {{1, 2}, {2, 2}, {3, 4}, {4, 4}, {5, 8}, {64, 64}, {65, 128}, {100000, 128}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		afield_counter counter;
		struct afield__counter_block *block;

		memset(&counter, 0, sizeof(counter));
		processors = cases[i].processors;
		afield__counter_add_slow(&counter.counter, 1); /* as an addition that met another */
		processors = 0;
		block = afield__counter_block(&counter.counter);
		TEST_CHECK(block && block->mask == cases[i].stripes - 1);
		for (size_t k = 0; block && k < cases[i].stripes; k++)
			afield__counter_add_at(block, k, 1);
		TEST_CHECK(afield_counter_sum(&counter) == 1 + (int64_t)cases[i].stripes);
		afield_counter_add(&counter, 5);
		TEST_CHECK(AFIELD_LOAD(&counter.counter.alone, relaxed) == 0);
		afield_counter_type()->fini(afield_counter_type(), &counter);
	}
}

int main(void)
{
	TEST_RUN(stripes_are_as_many_as_processors);
	return test_done();
}
