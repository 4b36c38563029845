/*
 * monitor.c: which monitor to ask about a part.
 */
#include "internal.h"

enum afield__result afield__monitor(const struct afield__part *part, struct afield__blame *blame)
{
	blame->count = 0;
	/* Monitors start where the model starts. */
	if (part->starts)
		return AFIELD__NOT_APPLICABLE;
	switch (part->history->model->monitor) {
	default:
		return AFIELD__NOT_APPLICABLE;
	}
}
