/* SPDX-License-Identifier: MIT */
/*
 * list, for model checkers: an array of objects that readers hold beyond their read section, and
 * the last holder gives up. Two readers have loaded the list's pointer; a writer has replaced it
 * and lets go of the list's share.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/list fields/list/proof/litmus.c -lpthread
 *
 * What must hold in every execution: who holds the array finds its element alive; it is given up
 * once, by the last holder; and nobody who holds it reads it later. The grace period that keeps the
 * array's own memory is rcu's, and proved there: here the array is a variable that stays.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../list_core.h"

static struct afield__list_holders old_holders;
static long element; /* plain: 7 while it is alive */
static int given_up; /* plain: how often; by the last alone */

static void let_go(void)
{
	if (!afield__list_let_go(&old_holders) && !AFIELD_MUTANT("give_up_before_the_last"))
		return;
	element = -1;
	given_up++;
}

static void *read_once(void *unused)
{
	(void)unused;
	if (!afield__list_hold(&old_holders))
		return NULL;
	if (AFIELD_MUTANT("read_after_letting_go")) {
		let_go();
		assert(element == 7);
		return NULL;
	}
	assert(element == 7);
	let_go();
	return NULL;
}

static void *replace(void *unused)
{
	(void)unused;
	let_go();
	return NULL;
}

int main(void)
{
	pthread_t threads[3];

	AFIELD_STORE(&old_holders.count, 1, relaxed);
	element = 7;
	given_up = 0;
	if (pthread_create(&threads[0], NULL, read_once, NULL) ||
	    pthread_create(&threads[1], NULL, read_once, NULL) ||
	    pthread_create(&threads[2], NULL, replace, NULL))
		abort();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(given_up == 1);
	assert(element == -1);
	return 0;
}
