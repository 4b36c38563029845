/* SPDX-License-Identifier: MIT */
/*
 * The soak: threads, epochs and the report.
 *
 *	soak [module...]
 *
 * AFIELD_SOAK_SECONDS is how long it runs: 10 where nothing is said, two hours with
 * AFIELD_STRESS=long. AFIELD_SOAK_SEED repeats the choices of a run, though not how its threads
 * meet. AFIELD_SOAK_PATIENCE is how many seconds one operation may take.
 */
#define _GNU_SOURCE
#include "soak.h"

#include <afield/reclaim.h>

#include "test.h"

#include <signal.h>
#include <unistd.h>

enum { SLOTS = 8, LONGEST = 400 };

/* A place for one thread at a time, which is made, cancelled and joined by the slot's own nurse. */
struct slot {
	struct soak_thread thread;
	struct soak_thread nurse;
	pthread_t handle;
	pthread_mutex_t mutex; /* protects handle and is_alive */
	bool is_alive;
	int is_over; /* __atomic; the thread has nothing more to do */
};
static struct slot slots[SLOTS];
static struct soak_thread pumping, disturbing, leading;
static const char *const *modules;
static int module_count;

static int is_ending;        /* __atomic; of an epoch */
static unsigned long failed; /* __atomic */
static uint64_t threads_made, ended_inside, ended_cancelled;

static long from_environment(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? atol(text) : otherwise;
}

int soak_patience(void)
{
	return (int)from_environment("AFIELD_SOAK_PATIENCE", SOAK_SANITIZED ? 120 : 60);
}

static long seconds_to_run(void)
{
	const char *stress = getenv("AFIELD_STRESS");

	if (stress && strcmp(stress, "long") == 0)
		return from_environment("AFIELD_SOAK_SECONDS", 7200);
	return from_environment("AFIELD_SOAK_SECONDS", 10);
}

/* The first 100 are said. */
static bool is_worth_saying(void)
{
	return __atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED) < 100;
}

void soak_check(int is_true, const char *file, int line, const char *condition)
{
	int cancel_state;

	if (is_true)
		return;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	if (is_worth_saying()) {
		printf("%s:%d: not true: %s\n", file, line, condition);
		fflush(stdout);
	}
	pthread_setcancelstate(cancel_state, NULL);
}

void soak_equal(uint64_t a, uint64_t b, const char *file, int line, const char *condition)
{
	int cancel_state;

	if (a == b)
		return;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	if (is_worth_saying()) {
		printf("%s:%d: not true: %s (%llu, %llu)\n", file, line, condition,
		       (unsigned long long)a, (unsigned long long)b);
		fflush(stdout);
	}
	pthread_setcancelstate(cancel_state, NULL);
}

unsigned long soak_failures(void)
{
	return __atomic_load_n(&failed, __ATOMIC_RELAXED);
}

int64_t soak_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_over(void)
{
	return __atomic_load_n(&is_ending, __ATOMIC_RELAXED) != 0;
}

void soak_tell(struct soak_thread *thread, const char *kind, const char *operation)
{
	__atomic_store_n(&thread->since, soak_now(), __ATOMIC_RELAXED);
	__atomic_store_n(&thread->operation, operation, __ATOMIC_RELAXED);
	__atomic_store_n(&thread->kind, kind, __ATOMIC_RELEASE);
}

static const struct soak_kind *any_kind(struct soak_thread *thread)
{
	static int count;
	int known = __atomic_load_n(&count, __ATOMIC_RELAXED);

	if (known == 0) {
		while (soak_kinds[known])
			known++;
		__atomic_store_n(&count, known, __ATOMIC_RELAXED);
	}
	return soak_kinds[soak_random(thread, (uint64_t)known)];
}

void soak_step(struct soak_thread *thread)
{
	const struct soak_kind *kind = any_kind(thread);
	struct soak_operation *operation;
	uint64_t count = 0;

	while (kind->operations[count].name)
		count++;
	operation = &kind->operations[soak_random(thread, count)];
	soak_tell(thread, kind->name, operation->name);
	soak_starve(soak_random(thread, 32) == 0);
	operation->run(thread);
	soak_starve(false);
	__atomic_fetch_add(&operation->count, 1, __ATOMIC_RELAXED);
	soak_tell(thread, NULL, NULL);
}

/* One of the threads that come and go. */
static void say_over(void *slot)
{
	__atomic_store_n(&((struct slot *)slot)->is_over, 1, __ATOMIC_RELEASE);
}

static void live_on(struct soak_thread *thread)
{
	if (soak_random(thread, 4) == 0)
		raise(SIGUSR1); /* a handler is the first to use afield here */
	for (uint64_t left = soak_random(thread, LONGEST); left > 0 && !is_over(); left--) {
		soak_step(thread);
		pthread_testcancel();
	}
	if (soak_random(thread, 64) == 0) {
		soak_add(&ended_inside, 1);
		afield_read_lock();
		pthread_exit(NULL);
	}
}

static void *live(void *opaque)
{
	struct slot *slot = (struct slot *)opaque;

	pthread_cleanup_push(say_over, slot);
	live_on(&slot->thread);
	pthread_cleanup_pop(1);
	return NULL;
}

static void make_one(struct slot *slot)
{
	struct soak_thread *nurse = &slot->nurse;
	void *result = NULL;

	slot->thread.random = nurse->random * 2 + 1;
	__atomic_store_n(&slot->is_over, 0, __ATOMIC_RELAXED);
	pthread_mutex_lock(&slot->mutex);
	if (pthread_create(&slot->handle, NULL, live, slot)) {
		pthread_mutex_unlock(&slot->mutex);
		SOAK_CHECK(!"a thread can be made");
		return;
	}
	slot->is_alive = true;
	pthread_mutex_unlock(&slot->mutex);
	soak_add(&threads_made, 1);
	if (soak_random(nurse, 4) == 0) {
		usleep((useconds_t)soak_random(nurse, 5000));
		pthread_cancel(slot->handle);
	}
	while (!__atomic_load_n(&slot->is_over, __ATOMIC_ACQUIRE))
		usleep(200);
	pthread_mutex_lock(&slot->mutex);
	slot->is_alive = false; /* nobody sends it a signal once it is joined */
	pthread_mutex_unlock(&slot->mutex);
	pthread_join(slot->handle, &result);
	soak_tell(&slot->thread, NULL, NULL);
	if (result == PTHREAD_CANCELED)
		soak_add(&ended_cancelled, 1);
}

static void *nurse(void *opaque)
{
	struct slot *slot = (struct slot *)opaque;

	while (!is_over()) {
		(void)soak_random(&slot->nurse, 2);
		make_one(slot);
	}
	return NULL;
}

/* Not before the last thread is gone: some wait forever. */
static int may_stop_pumping; /* __atomic */
static void *pump(void *unused)
{
	while (!__atomic_load_n(&may_stop_pumping, __ATOMIC_RELAXED)) {
		for (int i = 0; soak_kinds[i]; i++) {
			if (!soak_kinds[i]->pump)
				continue;
			soak_tell(&pumping, soak_kinds[i]->name, "pump");
			soak_kinds[i]->pump(&pumping);
		}
		soak_tell(&pumping, NULL, NULL);
		usleep(500);
	}
	return unused;
}

static void send_signal(struct slot *slot)
{
	pthread_mutex_lock(&slot->mutex);
	if (slot->is_alive)
		pthread_kill(slot->handle, SIGUSR1);
	pthread_mutex_unlock(&slot->mutex);
}

static void *disturb(void *unused)
{
	while (!is_over()) {
		send_signal(&slots[soak_random(&disturbing, SLOTS)]);
		if (soak_random(&disturbing, 10) == 0)
			soak_limits(&disturbing);
		if (soak_random(&disturbing, 30) == 0 && !SOAK_SANITIZED)
			soak_fork(&disturbing);
		if (module_count && soak_random(&disturbing, 40) == 0)
			soak_module(&disturbing,
				    modules[soak_random(&disturbing, (uint64_t)module_count)]);
		usleep(1000);
	}
	return unused;
}

static void start(pthread_t *thread, void *(*run)(void *), void *argument)
{
	if (pthread_create(thread, NULL, run, argument))
		abort();
}

static void run_epoch(long milliseconds)
{
	pthread_t nurses[SLOTS], pumper, disturber;

	__atomic_store_n(&is_ending, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&may_stop_pumping, 0, __ATOMIC_RELAXED);
	for (int i = 0; i < SLOTS; i++)
		start(&nurses[i], nurse, &slots[i]);
	start(&pumper, pump, NULL);
	start(&disturber, disturb, NULL);
	usleep((useconds_t)milliseconds * 1000);
	__atomic_store_n(&is_ending, 1, __ATOMIC_RELAXED);
	soak_tell(&leading, "epoch", "join");
	pthread_join(disturber, NULL);
	for (int i = 0; i < SLOTS; i++)
		pthread_join(nurses[i], NULL);
	__atomic_store_n(&may_stop_pumping, 1, __ATOMIC_RELAXED);
	pthread_join(pumper, NULL);
	soak_tell(&leading, NULL, NULL);
}

/* Alone: all is compared, ended, and gone. */
static void finish_epoch(void)
{
	if (SOAK_SANITIZED) {
		soak_tell(&leading, "epoch", "fork");
		soak_fork(&leading);
	}
	soak_limits_finish();
	for (int i = 0; soak_kinds[i]; i++) {
		soak_tell(&leading, soak_kinds[i]->name, "finish");
		soak_kinds[i]->finish(&leading);
	}
	soak_tell(&leading, "epoch", "barrier");
	soak_drain();
	SOAK_EQUAL(afield_backlog_bytes(), 0);
	soak_tell(&leading, NULL, NULL);
	soak_values_finish();
	soak_measure();
}

static void report(int epochs)
{
	unsigned long total = 0;

	for (int i = 0; soak_kinds[i]; i++) {
		printf("%s:", soak_kinds[i]->name);
		for (const struct soak_operation *o = soak_kinds[i]->operations; o->name; o++) {
			printf(" %s %lu", o->name, o->count);
			total += o->count;
			SOAK_CHECK(o->count > 0);
		}
		printf("\n");
	}
	printf("%lu operations in %d epochs by %llu threads, of which %llu ended in a read section "
	       "and %llu were cancelled\n",
	       total, epochs, (unsigned long long)threads_made, (unsigned long long)ended_inside,
	       (unsigned long long)ended_cancelled);
	printf("%llu signals, %llu children, %llu modules, %lu allocations refused\n",
	       (unsigned long long)soak_signals, (unsigned long long)soak_forks,
	       (unsigned long long)soak_modules, soak_starved());
	SOAK_CHECK(threads_made > 0 && soak_signals > 0 && soak_forks > 0 && soak_starved() > 0);
	printf("%lu failures\n", soak_failures());
}

int main(int argc, char **argv)
{
	uint64_t seed = (uint64_t)from_environment("AFIELD_SOAK_SEED", (long)time(NULL));
	int64_t end = soak_now() + seconds_to_run() * 1000;
	struct soak_thread *watched[2 * SLOTS + 3] = {&pumping, &disturbing, &leading};
	struct soak_thread choosing = {seed * 0x9e3779b97f4a7c15u | 1, NULL, NULL, 0, true};
	int count = 3, epochs = 0;

	printf("AFIELD_SOAK_SEED=%llu, %ld seconds\n", (unsigned long long)seed, seconds_to_run());
	fflush(stdout);
	modules = (const char *const *)argv + 1;
	module_count = argc - 1;
	for (int i = 0; i < SLOTS; i++) {
		pthread_mutex_init(&slots[i].mutex, NULL);
		watched[count++] = &slots[i].thread;
		slots[i].nurse = choosing;
		slots[i].nurse.random ^= (uint64_t)i << 17;
	}
	pumping = disturbing = leading = choosing;
	soak_signals_begin();
	soak_watch_begin(watched, count);
	while (soak_now() < end && soak_failures() == 0) {
		run_epoch(SOAK_SANITIZED ? 3000 : 2000);
		finish_epoch();
		epochs++;
	}
	report(epochs);
	return soak_failures() != 0;
}
