/* SPDX-License-Identifier: MIT */
/*
 * What a thread that stands still in an operation of a stack keeps from being given back.
 */
#include <afield/stack.h>

#define CONTAINER_KIND stack
#define CONTAINER_INSIDE 3
#define PINNED_BYTES 4096
#include "container_pinned.h"

int main(void)
{
	return pinned_main();
}
