/* SPDX-License-Identifier: MIT */
/*
 * ring_spsc with a host that has a lock of its own: who waits at an end gives the host's lock up,
 * and ends when the host says so. The thread that wants one end holds the other in between, so that
 * each end has one thread at a time.
 */
#include <afield/ring_spsc.h>

AFIELD_TYPE(numbers, ring_spsc, int64_t, 1);

#include "ring_waiting.h"

static void a_wait_gives_up_the_host(void)
{
	waiting_gives_up_the_host(hold_empty, pop);
	waiting_gives_up_the_host(hold_full, push);
}

int main(void)
{
	host_watchdog(60);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(a_cancelled_thread_waits_on);
	TEST_RUN(odd_deadlines_are_sums);
	return test_done();
}
