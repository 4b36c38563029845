/*
 * reclaim: retired objects on their way through liburcu, with a count of those that wait.
 *
 * One word, `traffic`, knows everything that must be known at once: how many objects wait (the
 * backlog), how many threads are handing one over (the retirers), and whether the gate is shut for
 * a fork. A fork copies liburcu's queue as it is at that instant. A retirer in the middle of its
 * enqueue would leave the child a queue with a hole, for which the child's worker waits for ever;
 * so a fork shuts the gate and waits until no retirer is inside. The same word then holds in the
 * child as it does in the parent: every object it counts is in the queue, and the child has it.
 */
#include <afield/reclaim.h>
#include <afield/wait.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "readers.h"
#include "reclaim_core.h"

#include <urcu/urcu-bp.h>

/*
 * What waits for a grace period is what all threads retire in 10 to 30 ms. A limit below that makes
 * them wait for the clock, not for the work: with 65536, eight threads that push and pop at a queue
 * did a fifth of what they do with this (queue.bench). Small objects fill it with some ten MiB.
 */
#define DEFAULT_LIMIT 262144

_Static_assert(offsetof(struct afield_retired, reclaim) >= sizeof(struct rcu_head),
	       "afield: struct afield_retired has no room for liburcu's struct rcu_head");
_Static_assert(_Alignof(struct afield_retired) >= _Alignof(struct rcu_head),
	       "afield: struct afield_retired is aligned less than liburcu's struct rcu_head");

char afield__grace_period;

static afield__traffic traffic;
static afield__limit limit;        /* 0: the default */
static struct afield_waiters room; /* retirers above the limit */
static struct afield_waiters gate; /* retirers while a fork goes on */

/* Whether liburcu's worker is there. Written once, under `starting`. */
static AFIELD_ATOMIC(bool) started;
static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;
/* Taken by prepare, given back by parent and child: a second fork waits for the first. */
static pthread_mutex_t forking = PTHREAD_MUTEX_INITIALIZER;
static bool fork_holds_starting; /* protected by `forking` */

static __thread bool in_callback;

/* liburcu 0.13 starts its worker with the caller's signal mask; no handler may run there. */
static void block_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

static void restore_signals(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

static void start_slow(void)
{
	sigset_t before;

	pthread_mutex_lock(&starting);
	if (!AFIELD_LOAD(&started, relaxed)) {
		block_signals(&before);
		urcu_bp_get_default_call_rcu_data();
		restore_signals(&before);
		/* Pairs with the acquire in start: who sees it finds liburcu's worker, and takes
		 * no mutex of liburcu's to retire. */
		AFIELD_STORE(&started, true, release);
	}
	pthread_mutex_unlock(&starting);
}

static void start(void)
{
	if (!AFIELD_LOAD(&started, acquire))
		start_slow();
}

/* liburcu's own question would register the thread. */
static bool is_reading(void)
{
	return URCU_TLS(urcu_bp_reader) && _urcu_bp_read_ongoing();
}

static uint64_t current_limit(void)
{
	uint64_t objects = afield__traffic_limit(&limit);

	return objects ? objects : DEFAULT_LIMIT;
}

static bool has_room(void *unused)
{
	(void)unused;
	return afield__traffic_has_room(&traffic, current_limit());
}

static bool is_open(void *unused)
{
	(void)unused;
	return !(afield__traffic_look(&traffic) & AFIELD__TRAFFIC_SHUT);
}

/* Takes objects or a retirer out of `traffic`. */
static void leave(uint64_t amount)
{
	uint64_t before = afield__traffic_leave(&traffic, amount);

	if (afield__traffic_crosses(before, amount, current_limit()))
		afield_wake(&room);
}

/* Counts an object and this thread as its retirer, when the gate is open. */
static void enter(void)
{
	while (!afield__traffic_enter(&traffic)) {
		leave(AFIELD__TRAFFIC_RETIRER + 1);
		afield_wait(&gate, is_open, NULL, NULL);
	}
}

/* Runs on liburcu's worker, after the grace period. */
static void run(struct rcu_head *head)
{
	struct afield_retired *retired = (struct afield_retired *)(void *)head;

	AFIELD_TSAN_ACQUIRE(retired);
	AFIELD_TSAN_ACQUIRE(&afield__grace_period);
	in_callback = true;
	retired->reclaim(retired);
	in_callback = false;
	leave(1);
}

void afield_retire_nowait(struct afield_retired *retired,
			  void (*reclaim)(struct afield_retired *retired))
{
	/* That takes a lock which a fork holds, and nobody may wait for a fork inside the gate. */
	if (!URCU_TLS(urcu_bp_reader))
		afield__reader_begin();
	start();
	retired->reclaim = reclaim;
	enter();
	AFIELD_TSAN_RELEASE(retired);
	urcu_bp_call_rcu((struct rcu_head *)(void *)retired, run);
	leave(AFIELD__TRAFFIC_RETIRER);
}

void afield_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *retired))
{
	afield_retire_nowait(retired, reclaim);
	if (!has_room(NULL) && !is_reading() && !in_callback)
		afield_wait(&room, has_room, NULL, NULL);
}

/*
 * liburcu comes without ThreadSanitizer's instrumentation: what its barrier allocates here and
 * frees in its worker looks unordered. None of that is noted, so that nobody needs a suppression,
 * which would have to find the barrier's name in a history that ThreadSanitizer may have lost.
 */
#ifdef AFIELD__TSAN
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);
static void wait_for_callbacks(void)
{
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
	urcu_bp_barrier();
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
}
#else
static void wait_for_callbacks(void)
{
	urcu_bp_barrier();
}
#endif

int afield_barrier(void)
{
	void *token;

	if (is_reading() || in_callback)
		return -EDEADLK;
	if (!AFIELD_LOAD(&started, acquire))
		return 0;
	token = afield_detach();
	wait_for_callbacks();
	afield_attach(token);
	/* Pairs with the release of each callback's `leave`: without it the caller may not have
	 * what the callbacks wrote. */
	(void)AFIELD_LOAD(&traffic, acquire);
	return 0;
}

size_t afield_backlog(void)
{
	return (size_t)(AFIELD_LOAD(&traffic, relaxed) & AFIELD__TRAFFIC_BACKLOG);
}

void afield_set_backlog_limit(size_t objects)
{
	afield__traffic_set_limit(&limit, objects);
	afield_wake(&room);
}

/*
 * A thread may be inside a read section when it starts the worker, and the worker, once it is
 * there, may wait for that section. So nobody may be kept waiting for the fork in `starting` while
 * prepare waits for the worker: prepare lets a starter finish, and holds the others back only as
 * long as there is no worker to wait for.
 */
static void prepare_start(void)
{
	pthread_mutex_lock(&starting);
	fork_holds_starting = !AFIELD_LOAD(&started, relaxed);
	if (!fork_holds_starting)
		pthread_mutex_unlock(&starting);
}

/*
 * The order is liburcu's: call_rcu's worker is parked first, then the registry is locked. The gate
 * comes last, when no grace period can be under way: a retirer that waits at the gate may be inside
 * a read section, and then nobody waits for it.
 */
void afield_fork_prepare(void)
{
	/* Or a handler of this thread would, in the middle of this. */
	if (!URCU_TLS(urcu_bp_reader))
		afield__reader_begin();
	pthread_mutex_lock(&forking);
	prepare_start();
	urcu_bp_call_rcu_before_fork();
	afield__readers_prepare();
	urcu_bp_before_fork();
	afield__readers_settle();
	afield__traffic_shut(&traffic);
	while (!afield__traffic_is_quiet(&traffic))
		sched_yield();
}

static void open_gate(void)
{
	afield__traffic_open(&traffic);
	afield_wake(&gate);
}

void afield_fork_parent(void)
{
	open_gate();
	urcu_bp_after_fork_parent();
	afield__readers_parent();
	urcu_bp_call_rcu_after_fork_parent();
	if (fork_holds_starting)
		pthread_mutex_unlock(&starting);
	pthread_mutex_unlock(&forking);
}

/*
 * The child has one thread. Who waited in the parent, or held `starting` for a moment, is not here.
 */
void afield_fork_child(void)
{
	static const struct afield_waiters nobody;
	static const pthread_mutex_t unlocked = PTHREAD_MUTEX_INITIALIZER;
	sigset_t before;

	room = nobody;
	gate = nobody;
	starting = unlocked;
	forking = unlocked;
	open_gate();
	urcu_bp_after_fork_child();
	afield__readers_child();
	block_signals(&before);
	urcu_bp_call_rcu_after_fork_child();
	restore_signals(&before);
}

static int handlers; /* what pthread_atfork said, written once */

static void install_handlers(void)
{
	handlers = -pthread_atfork(afield_fork_prepare, afield_fork_parent, afield_fork_child);
}

int afield_handle_forks(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, install_handlers);
	return handlers;
}

const char *afield_rcu_backend(void)
{
	/* Registers this thread, and so runs liburcu's initialization if nothing has yet. */
	if (!URCU_TLS(urcu_bp_reader))
		afield__reader_begin();
	return urcu_bp_has_sys_membarrier ? "membarrier" : "full fences";
}
