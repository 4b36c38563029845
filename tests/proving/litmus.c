/* SPDX-License-Identifier: MIT */
/*
 * Trays. What must hold in every execution of a program is what it asserts. The explorer sees the
 * rest by itself: a payload that is freed twice, never, or read while it is written.
 */
#include "../support/litmus.h"
#if defined(TRAY_TWIN_TORN) || defined(TRAY_TWIN_RELAXED)
#include "twin_core.h"
#else
#include "tray_core.h"
#endif

static struct tray trays[2];

/*
 * Two threads put a payload each, two take. Who takes a payload reads what its sender wrote, and
 * each payload that the tray accepted is taken once.
 */
struct payload {
	int number; /* plain */
};

static int accepted[2], taken[5]; /* written by the thread with that number */

static void send(int self)
{
	struct payload *payload = (struct payload *)malloc(sizeof(*payload));

	payload->number = self + 1;
	accepted[self] = tray__put(&trays[0], payload);
	if (!accepted[self])
		free(payload);
}

static void receive(int self)
{
	struct payload *payload = (struct payload *)tray__take(&trays[0]);

	if (!payload)
		return;
	assert(payload->number == 1 || payload->number == 2);
	taken[self] = 1;
	free(payload);
}

PROGRAM(two_send_two_receive)
{
	RUN(send, send, receive, receive);
	receive(4);
	assert(accepted[0] + accepted[1] == taken[2] + taken[3] + taken[4]);
}

/*
 * Both trays are full; two threads, each empties one and puts into the other. At least one of them
 * is not refused: the last to take finds the tray that the other emptied before. This is what
 * seq_cst means beyond release and acquire.
 */
static char things[4];
static int refused[2]; /* written by the thread with that number */

static void move(int self)
{
	tray__take(&trays[self]);
	refused[self] = !tray__put(&trays[1 - self], &things[2 + self]);
}

PROGRAM(two_trays)
{
	tray__put(&trays[0], &things[0]);
	tray__put(&trays[1], &things[1]);
	RUN(move, move);
	assert(!refused[0] || !refused[1]);
}

PROGRAMS(two_send_two_receive, two_trays)
