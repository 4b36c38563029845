/*
 * litmus: two threads put a letter each, two take.
 *
 * What must hold in every execution: who takes a letter reads what its sender wrote, and each
 * letter that a tray accepted is taken once. The explorer sees the rest by itself: a letter that is
 * freed twice, never, or read while it is written.
 */
#if defined(TRAY_TWIN_TORN) || defined(TRAY_TWIN_RELAXED)
#include "twin_core.h"
#else
#include "tray_core.h"
#endif

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct letter {
	int number; /* plain */
};

static struct tray tray;
static int accepted[3], taken[5]; /* each written by its thread */

static void *sender(void *argument)
{
	int number = (int)(uintptr_t)argument;
	struct letter *letter = malloc(sizeof(*letter));

	letter->number = number;
	accepted[number] = tray__put(&tray, letter);
	if (!accepted[number])
		free(letter);
	return NULL;
}

static void take(int taker)
{
	struct letter *letter = tray__take(&tray);

	if (!letter)
		return;
	assert(letter->number == 1 || letter->number == 2);
	taken[taker] = 1;
	free(letter);
}

static void *taker(void *argument)
{
	take((int)(uintptr_t)argument);
	return NULL;
}

int main(void)
{
	pthread_t threads[4];

	pthread_create(&threads[0], NULL, sender, (void *)1);
	pthread_create(&threads[1], NULL, sender, (void *)2);
	pthread_create(&threads[2], NULL, taker, (void *)3);
	pthread_create(&threads[3], NULL, taker, (void *)4);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	take(0);
	assert(accepted[1] + accepted[2] == taken[0] + taken[3] + taken[4]);
	return 0;
}
