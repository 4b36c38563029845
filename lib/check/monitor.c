/* SPDX-License-Identifier: MIT */
/*
 * monitor.c: which monitor to ask about a part.
 */
#include "monitor.h"

enum afield__result afield__monitor(const struct afield__part *part, struct afield__blame *blame)
{
	blame->count = 0;
	/* Monitors start where the model starts. */
	if (part->starts)
		return AFIELD__NOT_APPLICABLE;
	switch (part->history->model->monitor) {
	case AFIELD__MONITOR_REGISTER:
	case AFIELD__MONITOR_MAP:
		return afield__monitor_register(part, blame);
	case AFIELD__MONITOR_COUNTER:
		return afield__monitor_counter(part, blame);
	case AFIELD__MONITOR_QUEUE:
		return afield__monitor_queue(part, blame);
	case AFIELD__MONITOR_STACK:
		return afield__monitor_stack(part, blame);
	case AFIELD__MONITOR_SET:
		return afield__monitor_set(part, blame);
	default:
		return AFIELD__NOT_APPLICABLE;
	}
}
