/* SPDX-License-Identifier: MIT */
/*
 * A fork while a thread stands at an access, at each access of what the library does for itself: a
 * thread's first record, retiring, reclaiming without a thread of the library's, owner queues and
 * their messages. The child finds everything whole, once, and nobody whom it would wait for.
 */
#include <afield/detail/owner_queue.h>
#include <afield/reclaim.h>
#include <afield/thread.h>

#include "../../lib/runtime/self.h"
#include "asleep.h"
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* The library names the attributes of its thread, and gets none in a thread that says so. */
static __thread bool is_refused;
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		   void *argument)
{
	int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	void *found = dlsym(RTLD_NEXT, "pthread_create");

	if (attributes && is_refused)
		return EAGAIN;
	memcpy(&next, &found, sizeof(next)); /* ISO C has no such cast */
	return next(thread, attributes, run, argument);
}

/* The thread that does something while another stands. */
static pthread_t second;

/* Objects of one round. A callback may be the last thing that its process does to one. */
enum { OBJECTS = 3 };
struct object {
	struct afield_retired retired;
	AFIELD_ATOMIC(int) is_pushed;
	AFIELD_ATOMIC(int) calls;
};
static struct object objects[OBJECTS];

static void call_back(struct afield_retired *retired)
{
	AFIELD_PAUSE("in a callback");
	AFIELD_FETCH_ADD(&((struct object *)(void *)retired)->calls, 1, relaxed);
}

static void retire_all(void)
{
	for (int i = 0; i < OBJECTS; i++) {
		afield_retire_bytes(&objects[i].retired, 100, call_back);
		AFIELD_STORE(&objects[i].is_pushed, 1, relaxed);
	}
}

/* What waits in a child is called back there, once. What the fork found on its way into the list or
 * in its callback may be neither; so may the one that it found between the two. */
static int reclaims_all(void)
{
	size_t backlog = afield_backlog(), bytes = afield_backlog_bytes();
	int pushed = 0, before = 0, after = 0;

	for (int i = 0; i < OBJECTS; i++) {
		pushed += AFIELD_LOAD(&objects[i].is_pushed, relaxed);
		before += AFIELD_LOAD(&objects[i].calls, relaxed);
	}
	if (backlog > OBJECTS || bytes != backlog * 128)
		return 1;
	if (afield_barrier() != 0)
		return 2;
	for (int i = 0; i < OBJECTS; i++) {
		if (AFIELD_LOAD(&objects[i].calls, relaxed) > 1)
			return 3;
		after += AFIELD_LOAD(&objects[i].calls, relaxed);
	}
	if (after - before != (int)backlog || after + 1 < pushed)
		return 4;
	return afield_backlog() == 0 && afield_backlog_bytes() == 0 ? 0 : 5;
}

/* Records that have an owner. */
static bool count_owned(struct afield__self *self, void *count)
{
	*(int *)count += (AFIELD_LOAD(&self->owner, relaxed) & UINT64_C(0xffffffff)) != 0;
	return false;
}

static int opened; /* written by the thread that opens */
static void open_it(struct afield_message *message)
{
	AFIELD_PAUSE("opening");
	opened++;
	message->open = NULL;
}

/* This thread's queue gets a message and opens it. */
static int opens_its_own(void)
{
	struct afield_message message = {NULL, open_it, NULL};
	struct afield_owner_queue *queue = afield_owner_queue_retain();
	int before = opened;

	if (!queue || !afield_hand_over(queue, &message))
		return 1;
	afield_open_messages();
	if (message.open || opened == before)
		return 2;
	afield_owner_queue_release(queue);
	return 0;
}

static int other_is_wrong;
static void *use_in_child(void *unused)
{
	other_is_wrong = opens_its_own();
	return unused;
}

/* The queue that was somebody's at the fork, held by the test; or NULL. */
static struct afield_owner_queue *held;

static int goes_on(void *unused)
{
	static struct afield_message late = {NULL, open_it, NULL};
	int owned = 0, wrong;
	pthread_t other;

	(void)unused;
	afield__self_each(count_owned, &owned);
	if (owned > 1) /* this thread's */
		return 10;
	wrong = reclaims_all();
	if (wrong)
		return 20 + wrong;
	if (held && afield_hand_over(held, &late)) /* its owner is gone */
		return 30;
	wrong = opens_its_own();
	if (wrong)
		return 40 + wrong;
	if (pthread_create(&other, NULL, use_in_child, NULL))
		return 50;
	pthread_join(other, NULL);
	if (other_is_wrong)
		return 50 + other_is_wrong;
	return afield_barrier() == 0 ? 0 : 60;
}

/* Two that reclaim by themselves, one of which may have to wait for the other. */
static AFIELD_ATOMIC(pid_t) other;
static AFIELD_ATOMIC(bool) other_is_done;
static struct afield_retired others_object;
static void leave_alone(struct afield_retired *unused)
{
	(void)unused;
}

static void reclaim_all(void *unused)
{
	(void)unused;
	is_refused = true;
	retire_all();
	TEST_CHECK(afield_barrier() == 0);
	is_refused = false;
}

static void *reclaim_one(void *unused)
{
	AFIELD_STORE(&other, (pid_t)syscall(SYS_gettid), seq_cst);
	is_refused = true;
	afield_retire(&others_object, leave_alone);
	TEST_CHECK(afield_barrier() == 0);
	AFIELD_STORE(&other_is_done, true, seq_cst);
	return unused;
}

static void reclaim_beside(void *unused)
{
	(void)unused;
	AFIELD_STORE(&other, 0, seq_cst);
	AFIELD_STORE(&other_is_done, false, seq_cst);
	if (pthread_create(&second, NULL, reclaim_one, NULL))
		abort();
	while (!AFIELD_LOAD(&other_is_done, seq_cst) && !is_asleep(AFIELD_LOAD(&other, seq_cst)))
		usleep(100);
}

static void who_waits_to_reclaim_is_woken(void)
{
	long at = 1;

	memset(objects, 0, sizeof(objects));
	while (schedule_fault(at, reclaim_all, reclaim_beside, NULL)) {
		pthread_join(second, NULL);
		for (int i = 0; i < OBJECTS; i++)
			TEST_CHECK(AFIELD_LOAD(&objects[i].calls, relaxed) == at);
		TEST_CHECK(afield_backlog() == 0);
		at++;
	}
	TEST_CHECK(at > 40);
}

/*
 * Owner queues of two threads that come at the same time: each has its own, and both are found by
 * the two that come when these are gone. In a child, where there are no others.
 */
static struct afield_owner_queue *of_first, *of_second;
static pthread_barrier_t both_are_there;
static void *own_second(void *unused)
{
	of_second = afield_owner_queue_retain();
	afield_owner_queue_release(of_second);
	return unused;
}

static void own_first(void *unused)
{
	(void)unused;
	of_first = afield_owner_queue_retain();
	afield_owner_queue_release(of_first);
}

static void *own_second_and_stay(void *unused)
{
	own_second(NULL);
	pthread_barrier_wait(&both_are_there);
	pthread_barrier_wait(&both_are_there);
	return unused;
}

static void own_beside(void *unused)
{
	(void)unused;
	if (pthread_create(&second, NULL, own_second_and_stay, NULL))
		abort();
	pthread_barrier_wait(&both_are_there);
}

static bool *has_happened; /* shared with the child */
static int has_both(void *opaque)
{
	struct afield_owner_queue *before[2];
	long at = *(long *)opaque;

	for (int round = 0; round < 2; round++) {
		if (!schedule_fault(at, own_first, own_beside, NULL))
			return 0;
		pthread_barrier_wait(&both_are_there);
		pthread_join(second, NULL);
		if (of_first == of_second)
			return 1;
		if (round == 0)
			before[0] = of_first, before[1] = of_second;
	}
	*has_happened = true;
	if ((of_first != before[0] || of_second != before[1]) &&
	    (of_first != before[1] || of_second != before[0]))
		return 2;
	return 0;
}

static void each_owner_has_a_queue(void)
{
	long at = 1;

	has_happened = (bool *)mmap(NULL, sizeof(bool), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrier_init(&both_are_there, NULL, 2);
	do {
		*has_happened = false;
		TEST_CHECK(child_finds(has_both, &at));
	} while (*has_happened && at++);
	TEST_CHECK(at > 10);
	munmap(has_happened, sizeof(bool));
}

/* Who looks into a queue holds it meanwhile, beside others that do. */
static void hold_beside(void *queue)
{
	AFIELD_FETCH_ADD(&((struct afield_owner_queue *)queue)->holders, 1, relaxed);
}

static void look_into_all(void *unused)
{
	(void)unused;
	TEST_CHECK(afield_barrier() == 0);
}

static void holders_are_counted(void)
{
	struct afield_owner_queue *queue = afield_owner_queue_retain();
	long at = 1;

	while (schedule_fault(at, look_into_all, hold_beside, queue)) {
		TEST_CHECK(AFIELD_LOAD(&queue->holders, relaxed) == 3);
		afield_owner_queue_release(queue);
		at++;
	}
	TEST_CHECK(at > 10);
	afield_owner_queue_release(queue);
}

OPERATION(
	read_first, AFIELD_READ_SECTION { AFIELD_PAUSE("reading"); });
OPERATION(ask_first, (void)afield_thread_id());
OPERATION(retire_some, retire_all());
OPERATION(reclaim_some, is_refused = true; retire_all(); (void)afield_barrier();
	  is_refused = false);
OPERATION(own, held = afield_owner_queue_retain(); AFIELD_PAUSE("it has one"));
OPERATION(
	open_own, struct afield_message message[2]; for (int i = 0; i < 2; i++) {
		message[i].open = open_it;
		message[i].code = NULL;
	} held = afield_owner_queue_retain();
	(void)afield_hand_over(held, &message[0]); (void)afield_hand_over(held, &message[1]);
	afield_open_messages());
OPERATION(look_at_queues, (void)afield_barrier());

static const struct fault_operation operations[] = {
	{"first section", read_first, SLEEPS, goes_on},
	{"first number", ask_first, SLEEPS, goes_on},
	{"retire", retire_some, SLEEPS, goes_on},
	{"retire, reclaim", reclaim_some, SLEEPS, goes_on},
	{"a queue", own, SLEEPS, goes_on},
	{"open messages", open_own, SLEEPS, goes_on},
	{"barrier", look_at_queues, SLEEPS, goes_on},
};

static void begin(void)
{
	TEST_CHECK(afield_barrier() == 0);
	memset(objects, 0, sizeof(objects));
	held = NULL;
}
static void end(long unused)
{
	(void)unused;
	if (held)
		afield_owner_queue_release(held);
	held = NULL;
	TEST_CHECK(afield_barrier() == 0);
}

static const struct faults faults = {operations, sizeof(operations) / sizeof(operations[0]), begin,
				     end};

static void a_child_goes_on_wherever_others_stood(void)
{
	faults_by_forks(&faults);
}

int main(void)
{
	const char *backend = afield_rcu_backend();

	alarm(120);
	TEST_RUN(each_owner_has_a_queue);
	TEST_RUN(holders_are_counted);
	TEST_RUN(who_waits_to_reclaim_is_woken);
	TEST_RUN(a_child_goes_on_wherever_others_stood);
	TEST_CHECK(strcmp(afield_rcu_backend(), backend) == 0);
	return test_done();
}
