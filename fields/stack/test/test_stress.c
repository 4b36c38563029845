/* SPDX-License-Identifier: MIT */
/*
 * stack under load: threads push, pop and take all, and fork; what payloads.h says of any
 * container.
 */
#include <afield/stack.h>

#define CONTAINER_KIND stack
#include "payloads.h"

static void note(struct payload *payload, void *unused)
{
	(void)unused;
	payloads_note(payload);
}

static void pop_all(int index)
{
	bool takes_all = index % 2;
	struct payload payload;

	while (!payloads_are_over()) {
		if (takes_all && payload_box_pop_all(&box, note, NULL))
			continue;
		if (payload_box_pop(&box, &payload))
			payloads_note(&payload);
		else
			sched_yield();
		(void)payload_box_count(&box);
	}
}

static void nothing_is_lost(void)
{
	payloads_arrive_once(pop_all);
}

int main(void)
{
	return payloads_run(nothing_is_lost);
}
