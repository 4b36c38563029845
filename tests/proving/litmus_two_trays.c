/* SPDX-License-Identifier: MIT */
/*
 * litmus_two_trays: both trays are full; two threads, each empties one and puts into the other.
 *
 * What must hold in every execution: at least one of them is not refused. The last to take finds
 * the tray that the other emptied before. This is what seq_cst means beyond release and acquire.
 */
#include "tray_core.h"

#include <assert.h>
#include <pthread.h>

static struct tray trays[2];
static char things[4];
static int refused[2]; /* each written by its thread */

static void *move(void *argument)
{
	uintptr_t mine = (uintptr_t)argument;

	tray__take(&trays[mine]);
	refused[mine] = !tray__put(&trays[1 - mine], &things[2 + mine]);
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	tray__put(&trays[0], &things[0]);
	tray__put(&trays[1], &things[1]);
	pthread_create(&threads[0], NULL, move, (void *)0);
	pthread_create(&threads[1], NULL, move, (void *)1);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(!refused[0] || !refused[1]);
	return 0;
}
