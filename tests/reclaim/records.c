/* SPDX-License-Identifier: MIT */
/*
 * The records of threads where many come at once. The program's syscall and mmap are the library's
 * too, and stop it where others can come in between. Each case is a process of its own.
 */
#define _GNU_SOURCE
#include "child.h"
#include "reader.h"

#include <dlfcn.h>
#include <linux/membarrier.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RECORDS = 64, ENDED = 32, CROWD = 8, CHUNK = 1 << 17 };

static __thread int questions_left; /* until this thread lets the others go first */
static pthread_barrier_t may_come, have_come, may_leave, crowd;
static int chunks;     /* __atomic: made and not given back */
static int meets_mmap; /* __atomic */
static int registered; /* __atomic: requests to be one whose threads run fences */

long syscall(long number, ...)
{
	static long (*next)(long, ...);
	long a[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (!next) {
		void *found = dlsym(RTLD_NEXT, "syscall");

		memcpy(&next, &found, sizeof(next));
	}
	if (number == SYS_membarrier && a[0] == MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)
		__atomic_fetch_add(&registered, 1, __ATOMIC_SEQ_CST);
	if (number == SYS_tgkill && questions_left > 0 && --questions_left == 0) {
		pthread_barrier_wait(&may_come);
		pthread_barrier_wait(&have_come);
	}
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
	if (size == CHUNK && __atomic_load_n(&meets_mmap, __ATOMIC_SEQ_CST)) {
		__atomic_fetch_add(&chunks, 1, __ATOMIC_SEQ_CST);
		pthread_barrier_wait(&crowd);
	}
	return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}

int munmap(void *address, size_t size)
{
	if (size == CHUNK && __atomic_load_n(&meets_mmap, __ATOMIC_SEQ_CST))
		__atomic_fetch_sub(&chunks, 1, __ATOMIC_SEQ_CST);
	return (int)syscall(SYS_munmap, address, size);
}

static void *read_and_end(void *unused)
{
	AFIELD_READ_SECTION
	{
	}
	return unused;
}

static void *read_and_stay(void *unused)
{
	read_and_end(NULL);
	pthread_barrier_wait(&have_come);
	pthread_barrier_wait(&may_leave);
	return unused;
}

static void *come_when_told(void *unused)
{
	pthread_barrier_wait(&may_come);
	return read_and_stay(unused);
}

static void start(pthread_t *threads, int count, void *(*run)(void *))
{
	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, run, NULL))
			abort();
}

static void join(pthread_t *threads, int count)
{
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

/* Half of the records are those of threads that have ended. This one frees them, and others take
 * them all before it has one. */
static int be_overtaken(void *unused)
{
	pthread_t ended[ENDED], staying[RECORDS];
	bool has_record = false;

	(void)unused;
	pthread_barrier_init(&have_come, NULL, RECORDS - ENDED + 1);
	pthread_barrier_init(&may_leave, NULL, RECORDS + 1);
	start(ended, ENDED, read_and_end);
	join(ended, ENDED);
	start(staying, RECORDS - ENDED, read_and_stay);
	pthread_barrier_wait(&have_come);
	pthread_barrier_destroy(&have_come);

	pthread_barrier_init(&may_come, NULL, ENDED + 1);
	pthread_barrier_init(&have_come, NULL, ENDED + 1);
	start(staying + RECORDS - ENDED, ENDED, come_when_told);
	questions_left = RECORDS;
	AFIELD_READ_SECTION
	{
		has_record = afield__is_record(afield__self);
	}
	if (questions_left != 0) /* the others have not come in between */
		return 1;
	pthread_barrier_wait(&may_leave);
	join(staying, RECORDS);
	return has_record ? 0 : 2;
}

static void whoever_is_overtaken_gets_another(void)
{
	TEST_CHECK(child_finds(be_overtaken, NULL));
}

/* Nothing is free, and eight threads find it at once. All get a record, of one chunk. */
static void *read_in_the_crowd(void *unused)
{
	AFIELD_READ_SECTION
	{
		TEST_CHECK(afield__is_record(afield__self));
	}
	return unused;
}

static int come_at_once(void *unused)
{
	pthread_t staying[RECORDS], threads[CROWD];

	(void)unused;
	pthread_barrier_init(&have_come, NULL, RECORDS + 1);
	pthread_barrier_init(&may_leave, NULL, RECORDS + 1);
	pthread_barrier_init(&crowd, NULL, CROWD);
	start(staying, RECORDS, read_and_stay);
	pthread_barrier_wait(&have_come);
	__atomic_store_n(&meets_mmap, 1, __ATOMIC_SEQ_CST);
	start(threads, CROWD, read_in_the_crowd);
	join(threads, CROWD);
	pthread_barrier_wait(&may_leave);
	join(staying, RECORDS);
	return chunks != 1 ? 1 : 0;
}

static void a_crowd_adds_one_chunk(void)
{
	TEST_CHECK(child_finds(come_at_once, NULL));
}

/* Before main, so that no thread's first section does; a child asks once more. */
static int has_asked_again(void *unused)
{
	(void)unused;
	read_and_end(NULL);
	return registered == 2 && afield_barrier() == 0 && registered == 2 ? 0 : 1;
}

static void the_system_is_asked_for_fences_once(void)
{
	for (int i = 0; i < 3; i++) {
		pthread_t thread;

		start(&thread, 1, read_and_end);
		join(&thread, 1);
	}
	if (strcmp(afield_rcu_backend(), "membarrier") == 0) /* it is not refused */
		TEST_CHECK(child_finds(has_asked_again, NULL));
	TEST_CHECK(registered == 1);
}

int main(void)
{
	int at_first = registered;

	TEST_RUN(whoever_is_overtaken_gets_another);
	TEST_RUN(a_crowd_adds_one_chunk);
	TEST_CHECK(at_first == 1);
	TEST_RUN(the_system_is_asked_for_fences_once);
	return test_done();
}
