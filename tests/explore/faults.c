/* SPDX-License-Identifier: MIT */
/*
 * Each program is wrong in one way that some execution shows, or right where a hasty checker would
 * find fault.
 */
#include <afield/ordering.h>

#include "faults.h"

#include <pthread.h>
#include <stdlib.h>

static AFIELD_ATOMIC(int) flag, other;
static AFIELD_ATOMIC(int *) shared;
static AFIELD_ATOMIC(unsigned char) small;
static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int plain;
static char bytes[8];
int one = 1; /* which the compiler does not know */
static struct pair {
	long words[5];
} pairs[2];

static int beside(void *(*one)(void *), void *(*two)(void *))
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, one, NULL);
	pthread_create(&threads[1], NULL, two, NULL);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return 0;
}

static void *plain_write(void *unused)
{
	plain++;
	return unused;
}

static int race(void)
{
	return beside(plain_write, plain_write);
}

static void *plain_write_locked(void *unused)
{
	pthread_mutex_lock(&first);
	plain++;
	pthread_mutex_unlock(&first);
	return unused;
}

static int locked(void)
{
	beside(plain_write_locked, plain_write_locked);
	assert(plain == 2); /* which also shows that globals are put back between executions */
	return 0;
}

static void *byte0(void *unused)
{
	bytes[0] = 1;
	return unused;
}

static void *byte1(void *unused)
{
	bytes[1] = 1;
	return unused;
}

static int neighbours(void)
{
	return beside(byte0, byte1);
}

static void *copy(void *unused)
{
	pairs[1] = pairs[0];
	return unused;
}

static int copies(void)
{
	return beside(copy, copy);
}

static void *atomic_write(void *unused)
{
	AFIELD_STORE(&flag, 1, seq_cst);
	return unused;
}

/* What a plain read of an atomic object would be, if the type allowed it. */
static void *plain_read(void *unused)
{
	plain = *(int *)(void *)&flag;
	return unused;
}

static int mixed(void)
{
	return beside(atomic_write, plain_read);
}

static void *publish(void *unused)
{
	int *value = (int *)malloc(sizeof(*value));

	*value = 7;
	AFIELD_STORE(&shared, value, release);
	return unused;
}

static void *use_and_free(void *unused)
{
	int *value = AFIELD_EXCHANGE(&shared, NULL, acquire);

	if (value) {
		free(value);
		plain = *value;
	}
	return unused;
}

static int use_after_free(void)
{
	beside(publish, use_and_free);
	free(AFIELD_LOAD(&shared, relaxed));
	return 0;
}

static void *free_shared(void *unused)
{
	int *value = AFIELD_LOAD(&shared, acquire);

	free(value);
	return unused;
}

static int double_free(void)
{
	publish(NULL);
	free_shared(NULL);
	free_shared(NULL);
	return 0;
}

static int leak(void)
{
	return beside(publish, free_shared); /* when the load comes first */
}

static int overrun(void)
{
	char *text = (char *)malloc(8);

	text[7 + one] = 0;
	free(text);
	return 0;
}

static int null_pointer(void)
{
	plain = *AFIELD_LOAD(&shared, relaxed);
	return 0;
}

static void *first_then_second(void *unused)
{
	pthread_mutex_lock(&first);
	pthread_mutex_lock(&second);
	pthread_mutex_unlock(&second);
	pthread_mutex_unlock(&first);
	return unused;
}

static void *second_then_first(void *unused)
{
	pthread_mutex_lock(&second);
	pthread_mutex_lock(&first);
	pthread_mutex_unlock(&first);
	pthread_mutex_unlock(&second);
	return unused;
}

static int deadlock(void)
{
	return beside(first_then_second, second_then_first);
}

static void *wait_without_test(void *unused)
{
	pthread_mutex_lock(&first);
	pthread_cond_wait(&condition, &first);
	pthread_mutex_unlock(&first);
	return unused;
}

static void *signal_condition(void *unused)
{
	pthread_cond_signal(&condition);
	return unused;
}

static int lost_wake(void)
{
	return beside(wait_without_test, signal_condition);
}

static void *spin(void *unused)
{
	while (!AFIELD_LOAD(&flag, relaxed))
		AFIELD_SPIN();
	return unused;
}

static void *spin_silently(void *unused)
{
	while (!AFIELD_LOAD(&flag, relaxed))
		;
	return unused;
}

static void *spin_on_other(void *unused)
{
	while (!AFIELD_LOAD(&other, relaxed))
		AFIELD_SPIN();
	AFIELD_STORE(&flag, 1, relaxed);
	return unused;
}

static int stuck(void)
{
	return beside(spin, spin_on_other);
}

static int patient(void)
{
	return beside(spin, atomic_write);
}

static int patient_silently(void)
{
	return beside(spin_silently, atomic_write);
}

static int two_sizes(void)
{
	AFIELD_STORE(&flag, 1, relaxed);
	return AFIELD_LOAD((AFIELD_ATOMIC(unsigned char) *)(void *)&flag, relaxed) == 9;
}

static int small_wraps(void)
{
	AFIELD_STORE(&small, 255, relaxed);
	assert(AFIELD_FETCH_ADD(&small, 1, relaxed) == 255);
	assert(AFIELD_LOAD(&small, relaxed) == 0);
	return 0;
}

static int weak_fails(void)
{
	int expected = 0;

	assert(AFIELD_COMPARE_EXCHANGE_WEAK(&flag, &expected, 1, relaxed));
	return 0;
}

static int strong_does_not(void)
{
	int expected = 0;

	assert(AFIELD_COMPARE_EXCHANGE(&flag, &expected, 1, relaxed));
	return 0;
}

static int status(void)
{
	return one + 4;
}

static int pointer_from_nowhere(void)
{
	int *wild = (int *)(uintptr_t)(one * 0x123456780ul);

	plain = *wild;
	return 0;
}

/* Two rounds. The thread of the second has the number of the first one's, and comes behind it. */
static void *look_once(void *round)
{
	assert(AFIELD_LOAD(&flag, relaxed) == *(int *)round);
	return round;
}

static void *look_twice(void *round)
{
	(void)AFIELD_LOAD(&flag, relaxed);
	while (AFIELD_LOAD(&other, acquire) != *(int *)round)
		AFIELD_SPIN();
	assert(AFIELD_LOAD(&flag, relaxed) == *(int *)round);
	return round;
}

int two_rounds(void)
{
	pthread_t thread;

	for (int round = 1; round <= 2; round++) {
		AFIELD_STORE(&flag, round, relaxed);
		pthread_create(&thread, NULL, look_once, &round);
		pthread_join(thread, NULL);
	}
	return 0;
}

/* The store falls between the two looks. */
int look_again(void)
{
	pthread_t thread;
	int round = 1;

	pthread_create(&thread, NULL, look_twice, &round);
	AFIELD_STORE(&flag, round, relaxed);
	AFIELD_STORE(&other, round, release);
	pthread_join(thread, NULL);
	return 0;
}

const struct fault faults[] = {
	{"race", race, "data race: plain"},
	{"locked", locked, NULL},
	{"neighbours", neighbours, NULL},
	{"copies", copies, "data race: plain write"},
	{"mixed", mixed, "data race"},
	{"use after free", use_after_free, "use after free"},
	{"double free", double_free, "double free"},
	{"leak", leak, "leak: 4 bytes"},
	{"overrun", overrun, "outside any allocated block"},
	{"null pointer", null_pointer, "access to address"},
	{"wild pointer", pointer_from_nowhere, "access to address"},
	{"deadlock", deadlock, "deadlock"},
	{"lost wake", lost_wake, "deadlock"},
	{"stuck", stuck, "stuck"},
	{"patient", patient, NULL},
	{"patient, silently", patient_silently, NULL},
	{"two sizes", two_sizes, "two sizes"},
	{"small wraps", small_wraps, NULL},
	{"weak fails", weak_fails, "not true"},
	{"strong does not", strong_does_not, NULL},
	{"status", status, "main returned 5"},
	{NULL, NULL, NULL},
};
