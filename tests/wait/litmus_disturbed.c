/* SPDX-License-Identifier: MIT */
/*
 * Two threads wait for one item, and the wait of one of them ends otherwise when the item comes or
 * is there. What must hold in every execution: the other gets the item; also from the first, which
 * puts it back when it got it.
 *
 * Not for GenMC: it knows no condition variables.
 */
#include "parking.h"

/* One of them waits until a deadline, which passes about when the item comes. */
static void wait_until_late(int self)
{
	struct timespec deadline = {1, 0};
	int error = afield_wait(&hall, has_taken, NULL, &deadline);

	assert(error == 0 || error == -ETIMEDOUT);
	if (error == 0)
		put();
}

static void expire(int self)
{
	disturb(false);
}

PROGRAM(deadline_passes)
{
	run_beside(put_one, wait_until_late, wait_for_item, expire);
	assert_nothing_is_left();
}

/* Both are guests of a host. The host ends the wait of one when the item is there already. */
static void wait_until_signal(int self)
{
	int error;

	be_signalled();
	error = afield_wait(&hall, has_taken, NULL, NULL);
	assert(error == 0 || error == -EINTR);
	if (error == 0)
		put();
}

static void put_and_signal(int self)
{
	put();
	disturb(true);
}

PROGRAM(host_ends_a_wait)
{
	all_are_guests = true;
	run_beside(put_and_signal, wait_until_signal, wait_for_item, NULL);
	assert_nothing_is_left();
}

/*
 * One is a guest of a host that has ended, the other is nobody's guest. The guest does not come
 * back from attaching, whether it was woken or not.
 */
static void wait_as_guest(int self)
{
	be_signalled();
	if (afield_wait(&hall, has_taken, NULL, NULL) == 0)
		put();
}

PROGRAM(guest_never_returns)
{
	is_host_done = true;
	run_beside(put_and_signal, wait_as_guest, wait_for_item, NULL);
	assert_nothing_is_left();
}

PROGRAMS(deadline_passes, host_ends_a_wait, guest_never_returns)
