/* SPDX-License-Identifier: MIT */
/*
 * ring_spsc with a host that has a lock of its own: who waits at an end gives the host's lock up,
 * and ends when the host says so. The thread that wants one end holds the other in between, so that
 * each end has one thread at a time.
 */
#include <afield/ring_spsc.h>

AFIELD_TYPE(numbers, ring_spsc, int64_t, 1);

#include "ring_waiting.h"

int main(void)
{
	WAITING_RUN(ring_cases, NULL, ring_waiters);
	return test_done();
}
