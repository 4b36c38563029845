/* SPDX-License-Identifier: MIT */
/*
 * What a thread that stands still in an operation of a queue keeps from being given back.
 */
#include <afield/queue.h>

#define CONTAINER_KIND queue
#define CONTAINER_INSIDE 64
#define PINNED_BYTES 8192
#include "container_pinned.h"

int main(void)
{
	return pinned_main();
}
