/* SPDX-License-Identifier: MIT */
/*
 * What reclamation does where something is missing: threads, memory, the kernel's membarrier, the
 * end of a section. Each case is a process of its own.
 */
#define _GNU_SOURCE
#include "child.h"
#include "reader.h"
#include "retired.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/* The program's pthread_create is everybody's, and says no when it is told to. */
static int refuses_threads;
static int attempts;
#ifdef __cplusplus
extern "C"
#endif
	int
	pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		       void *argument)
{
	typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	static void *next;
	create *call;

	attempts++;
	if (refuses_threads)
		return EAGAIN;
	if (!next)
		next = dlsym(RTLD_NEXT, "pthread_create");
	memcpy(&call, &next, sizeof(call));
	return call(thread, attributes, run, argument);
}

/* Nor for as long as its parent would not ask again. */
static int has_a_thread(void *unused)
{
	(void)unused;
	refuses_threads = 0;
	return afield_start() == 0 ? 0 : 1;
}

static int live_without_a_thread(void *unused)
{
	(void)unused;
	refuses_threads = 1;
	if (afield_start() != -EAGAIN || !child_finds(has_a_thread, NULL))
		return 1;
	for (int i = 0; i < 20; i++) {
		retire_some(1000);
		if (afield_backlog() > 2000) /* the retirer reclaims from time to time */
			return 2;
	}
	if (attempts > 1000) /* and does not ask the system each time */
		return 3;
	if (afield_barrier() != 0 || afield_backlog() != 0 || given_back != 20000)
		return 4;
	AFIELD_READ_SECTION
	{
		retire_some(3000); /* who reads does not wait for itself */
	}
	if (afield_backlog() != 3000 || afield_barrier() != 0 || given_back != 23000)
		return 5;
	for (int i = 0; i < 5000; i++) /* and a finalizer does not wait at all */
		afield_retire_nowait((struct afield_retired *)malloc(sizeof(struct object)),
				     give_back);
	if (afield_backlog() != 5000)
		return 6;
	refuses_threads = 0;
	pause_ms(100); /* for so long nobody asks again */
	if (afield_start() != 0 || afield_barrier() != 0)
		return 7;
	return given_back == 28000 ? 0 : 8;
}

static void without_a_thread(void)
{
	TEST_CHECK(child_finds(live_without_a_thread, NULL));
}

/* More threads than there are records for, and no memory for more of these. */
enum { CROWD = 150 };
static pthread_barrier_t are_there, may_read, have_read, may_leave;
static int stay; /* __atomic: how many have no record, and stay inside */

static void *read_without_memory(void *opaque)
{
	bool is_one_who_stays;

	pthread_barrier_wait(&are_there);
	pthread_barrier_wait(&may_read);
	afield_read_lock();
	afield_read_lock();
	TEST_CHECK(afield_is_reading());
	afield_read_unlock();
	TEST_CHECK(afield_is_reading());
	is_one_who_stays = !afield__is_record(afield__self);
	if (is_one_who_stays)
		__atomic_fetch_add(&stay, 1, __ATOMIC_RELAXED);
	else
		afield_read_unlock();
	pthread_barrier_wait(&have_read);
	pthread_barrier_wait(&may_leave);
	if (is_one_who_stays)
		afield_read_unlock();
	TEST_CHECK(!afield_is_reading());
	return opaque;
}

static void leave_alone(struct afield_retired *unused)
{
	(void)unused;
}

static int read_in_a_crowd(void *unused)
{
	static struct object object;
	pthread_t threads[CROWD];
	struct rlimit none = {0, 0};
	pthread_attr_t small;

	(void)unused;
	pthread_barrier_init(&are_there, NULL, CROWD + 1);
	pthread_barrier_init(&may_read, NULL, CROWD + 1);
	pthread_barrier_init(&have_read, NULL, CROWD + 1);
	pthread_barrier_init(&may_leave, NULL, CROWD + 1);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	for (int i = 0; i < CROWD; i++)
		if (pthread_create(&threads[i], &small, read_without_memory, NULL))
			return 1;
	if (afield_start() != 0)
		return 4;
	pthread_barrier_wait(&are_there);
	setrlimit(RLIMIT_AS, &none);
	pthread_barrier_wait(&may_read);
	pthread_barrier_wait(&have_read);
	afield_retire(&object.retired, leave_alone);
	pause_ms(100);
	if (stay == 0 || afield_backlog() != 1)
		return 2;
	pthread_barrier_wait(&may_leave);
	for (int i = 0; i < CROWD; i++)
		pthread_join(threads[i], NULL);
	return afield_barrier() != 0 || afield_backlog() != 0 || test_failures != 0 ? 3 : 0;
}

static void without_memory(void)
{
	TEST_CHECK(child_finds(read_in_a_crowd, NULL));
}

/* A filter that denies membarrier, for this thread and those it makes, or for all there are. */
static int deny_membarrier(unsigned flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_membarrier, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {4, code};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static int stop_reading; /* __atomic */
static AFIELD_ATOMIC(long *) current;
static void *read_values(void *unused)
{
	while (!__atomic_load_n(&stop_reading, __ATOMIC_RELAXED))
		AFIELD_READ_SECTION
		{
			const long *value = AFIELD_LOAD(&current, acquire);

			TEST_CHECK(*value == 1);
		}
	return unused;
}

struct value {
	struct afield_retired retired;
	long value;
};
static void spoil(struct afield_retired *retired)
{
	((struct value *)(void *)retired)->value = 2;
	free(retired);
}

static void replace(void)
{
	struct value *fresh = (struct value *)malloc(sizeof(*fresh));
	long *before;

	fresh->value = 1;
	before = AFIELD_EXCHANGE(&current, &fresh->value, acq_rel);
	if (before)
		afield_retire((struct afield_retired *)(void *)((char *)before -
								offsetof(struct value, value)),
			      spoil);
}

static int lose_membarrier(void *unused)
{
	pthread_t readers[2];

	(void)unused;
	replace();
	for (int i = 0; i < 2; i++)
		if (pthread_create(&readers[i], NULL, read_values, NULL))
			return 1;
	for (int i = 0; i < 3000; i++) {
		if (i == 1000 && deny_membarrier(SECCOMP_FILTER_FLAG_TSYNC))
			return 0; /* no seccomp here, and nothing to lose */
		if (i % 500 == 499 && afield_barrier() != 0)
			return 2;
		replace();
	}
	__atomic_store_n(&stop_reading, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++)
		pthread_join(readers[i], NULL);
	if (afield_barrier() != 0 || test_failures != 0)
		return 3;
	return strcmp(afield_rcu_backend(), "full fences") == 0 ? 0 : 4;
}

/* Denied from the beginning: who starts this program with an argument has done that. */
static int start_without_membarrier(void *unused)
{
	(void)unused;
	if (deny_membarrier(0))
		return 0;
	execl("/proc/self/exe", "scarce", "denied", NULL);
	return 1;
}

static int live_without_membarrier(void)
{
	pthread_t reader;

	if (strcmp(afield_rcu_backend(), "full fences") != 0)
		return 2;
	replace();
	if (pthread_create(&reader, NULL, read_values, NULL))
		return 3;
	for (int i = 0; i < 200; i++) {
		replace();
		if (i % 50 == 0 && afield_barrier() != 0)
			return 4;
	}
	__atomic_store_n(&stop_reading, 1, __ATOMIC_RELAXED);
	pthread_join(reader, NULL);
	return afield_barrier() != 0 || test_failures != 0 ? 5 : 0;
}

static void without_membarrier(void)
{
	TEST_CHECK(child_finds(start_without_membarrier, NULL));
}

/* Denied by the time of a fork: a child asks for itself. */
static int has_full_fences(void *unused)
{
	(void)unused;
	return strcmp(afield_rcu_backend(), "full fences") == 0 ? 0 : 1;
}

static int fork_without_membarrier(void *unused)
{
	(void)unused;
	return deny_membarrier(0) || child_finds(has_full_fences, NULL) ? 0 : 1;
}

static void a_child_without_membarrier(void)
{
	TEST_CHECK(child_finds(fork_without_membarrier, NULL));
}

static void without_membarrier_all_of_a_sudden(void)
{
	TEST_CHECK(child_finds(lose_membarrier, NULL));
}

/* A thread that ends inside a section holds up nobody for long. */
static void *end_inside(void *unused)
{
	afield_read_lock();
	return unused;
}

static int reclaim_after_an_end(void *unused)
{
	pthread_t thread;

	(void)unused;
	if (pthread_create(&thread, NULL, end_inside, NULL))
		return 1;
	pthread_join(thread, NULL);
	retire_some(1);
	return afield_barrier() != 0 || given_back != 1 ? 2 : 0;
}

static void a_thread_may_end_inside(void)
{
	TEST_CHECK(child_finds(reclaim_after_an_end, NULL));
}

int main(int count, char **arguments)
{
	(void)arguments;
	if (count > 1)
		return live_without_membarrier();
	TEST_RUN(without_a_thread);
	TEST_RUN(without_memory);
	TEST_RUN(without_membarrier);
	TEST_RUN(a_child_without_membarrier);
	TEST_RUN(without_membarrier_all_of_a_sudden);
	TEST_RUN(a_thread_may_end_inside);
	return test_done();
}
