/*
 * rwlocked: readers and writers at a word, who waits for whom, and who goes first.
 *
 * Who waits where. A writer sleeps among `writers` until the lock can be had. A reader sleeps among
 * `readers`, for one of two reasons: a writer is in (HELD), which ends with that writer's unlock;
 * or a writer is owed its turn (YIELDING), which also ends with time.
 *
 * How writers are preferred. A writer that has tried in vain leaves its number in `waiting`. While
 * that is there, readers wait if a writer sleeps, which its waiters count. The last thing that a
 * thread does before it gives the lock back, when a writer sleeps, is to write a promise: until
 * then readers wait although the writer, once woken, is counted no longer. The promise is taken
 * back by the next writer. It is written and taken back under the lock, so that only time can leave
 * one behind. The obvious alternative, a counter of waiting writers, would stay up for ever when a
 * writer does not come back from attaching to its host, and in the child of a fork; there the count
 * of sleepers is wrong, too, but the number left in `waiting` is known to be of the dead.
 *
 * What a thread has. Read locks are kept in a short list of the thread's own, because the lock
 * itself does not know its readers: by it a thread that asks for the write lock of a field that it
 * reads is told so.
 */
#include "rwlocked.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { MOST_READS = 32, PROMISE_MILLISECONDS = 10 };

static __thread const struct afield__rwlocked *reads[MOST_READS];
static __thread unsigned read_count;

static bool is_read_by_me(const struct afield__rwlocked *lock)
{
	for (unsigned i = 0; i < read_count; i++)
		if (reads[i] == lock)
			return true;
	return false;
}

static void forget_read(const struct afield__rwlocked *lock)
{
	unsigned i = read_count - 1;

	while (reads[i] != lock) /* nearly always the last */
		i--;
	reads[i] = reads[--read_count];
}

static struct timespec from_now(unsigned milliseconds)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_nsec += (long)milliseconds * 1000000;
	time.tv_sec += time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

static uint64_t nanoseconds(struct timespec time)
{
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/*
 * Whether a writer of this process waits. No data hangs on this word or the promise: a thread that
 * reads an old one yields for a while longer, or enters once more.
 */
static bool has_waiting_writer(struct afield__rwlocked *lock)
{
	uint64_t waiting = AFIELD_LOAD(&lock->waiting, relaxed);

	if (waiting == 0)
		return false;
	if (!afield_thread_is_gone(waiting))
		return true;
	AFIELD_COMPARE_EXCHANGE(&lock->waiting, &waiting, 0, relaxed);
	return false;
}

/* This thread waits no longer. Another writer's number stays. */
static void forget_waiting(struct afield__rwlocked *lock)
{
	uint64_t self = afield_thread_id();

	if (AFIELD_LOAD(&lock->waiting, relaxed) == self)
		AFIELD_COMPARE_EXCHANGE(&lock->waiting, &self, 0, relaxed);
}

/* Under the lock, before giving it back. */
static void promise_turn(struct afield__rwlocked *lock)
{
	if (has_waiting_writer(lock) && AFIELD_LOAD(&lock->writers.count, relaxed) != 0)
		AFIELD_STORE(&lock->promise, nanoseconds(from_now(PROMISE_MILLISECONDS)), relaxed);
}

/* Whether this thread, as a reader, lets a writer go first. */
static bool owes_turn(struct afield__rwlocked *lock)
{
	uint64_t promise;

	if (!has_waiting_writer(lock) || read_count != 0)
		return false;
	if (AFIELD_LOAD(&lock->writers.count, relaxed) != 0)
		return true;
	promise = AFIELD_LOAD(&lock->promise, relaxed);
	return promise != 0 && promise > nanoseconds(from_now(0));
}

/* Fails only while a writer is in. There is room in the list. */
static bool enter_as_reader(struct afield__rwlocked *lock)
{
	if (!afield__rwlocked_enter_read(&lock->state))
		return false;
	reads[read_count++] = lock;
	return true;
}

int afield__rwlocked_try_read_lock(struct afield__rwlocked *lock)
{
	bool may_enter = read_count != MOST_READS && !owes_turn(lock);

	return may_enter && enter_as_reader(lock) ? 0 : -EBUSY;
}

int afield__rwlocked_try_write_lock(struct afield__rwlocked *lock)
{
	if (!afield__rwlocked_enter_write(&lock->state, afield_thread_id()))
		return -EBUSY;
	if (AFIELD_LOAD(&lock->waiting, relaxed) != 0)
		forget_waiting(lock);
	if (AFIELD_LOAD(&lock->promise, relaxed) != 0)
		AFIELD_STORE(&lock->promise, 0, relaxed);
	return 0;
}

void afield__rwlocked_read_unlock(struct afield__rwlocked *lock)
{
	forget_read(lock);
	promise_turn(lock);
	afield__rwlocked_leave_read(&lock->state);
	afield_wake(&lock->writers);
}

void afield__rwlocked_write_unlock(struct afield__rwlocked *lock)
{
	promise_turn(lock);
	afield__rwlocked_leave_write(&lock->state);
	afield_wake(&lock->writers);
	afield_wake(&lock->readers);
}

/* How things stand for a thread that wants in. */
enum standing { ENTERED, HELD, YIELDING, REFUSED };

struct turn {
	struct afield__rwlocked *lock;
	enum standing standing;
	int error; /* why it is REFUSED */
};

/*
 * Each wait begins its look here, seq_cst, behind its count. Who is in then will find it counted,
 * and so will who comes in between this look and the try that follows: that one leaves still later.
 */
static bool is_refused(struct turn *turn)
{
	uint64_t writer = afield__rwlocked_writer(afield__rwlocked_look(&turn->lock->state));

	turn->error = writer == afield_thread_id()    ? -EDEADLK
		      : afield_thread_is_gone(writer) ? -EOWNERDEAD
						      : 0;
	return turn->error != 0;
}

static enum standing look_for_read(struct turn *turn)
{
	if (is_refused(turn))
		return REFUSED;
	if (owes_turn(turn->lock))
		return YIELDING;
	return enter_as_reader(turn->lock) ? ENTERED : HELD;
}

static bool has_changed(void *argument)
{
	struct turn *turn = (struct turn *)argument;
	enum standing before = turn->standing;

	turn->standing = look_for_read(turn);
	return turn->standing != before;
}

/* Whether a deadline, which may be NULL for none, comes at this time or before. */
static bool is_due(const struct timespec *deadline, struct timespec time)
{
	return deadline && nanoseconds(*deadline) <= nanoseconds(time);
}

/* Sleeps while things stand as they do. A yielding reader looks at the clock in any case. */
static int await_change(struct turn *turn, bool may_interrupt, const struct timespec *deadline)
{
	struct afield_waiters *waiters = &turn->lock->readers;
	struct timespec end = from_now(PROMISE_MILLISECONDS);

	if (turn->standing == YIELDING && !is_due(deadline, end))
		deadline = &end;
	if (may_interrupt)
		return afield_wait(waiters, has_changed, turn, deadline);
	(void)afield_wait_uninterrupted_until(waiters, has_changed, turn, deadline);
	return 0;
}

static int read_lock(struct afield__rwlocked *lock, bool may_interrupt,
		     const struct timespec *deadline)
{
	struct turn turn = {lock, HELD, 0};
	int error;

	if (afield__rwlocked_try_read_lock(lock) == 0)
		return 0;
	if (read_count == MOST_READS)
		return -EAGAIN;
	turn.standing = look_for_read(&turn);
	while (turn.standing == HELD || turn.standing == YIELDING) {
		error = await_change(&turn, may_interrupt, deadline);
		if (error == -EINTR || (error && is_due(deadline, from_now(0))))
			return error;
	}
	return turn.standing == ENTERED ? 0 : turn.error;
}

static bool has_write_lock(void *argument)
{
	struct turn *turn = (struct turn *)argument;

	if (is_refused(turn) || afield__rwlocked_try_write_lock(turn->lock) == 0)
		return true;
	AFIELD_STORE(&turn->lock->waiting, afield_thread_id(), relaxed);
	return false;
}

static int write_lock(struct afield__rwlocked *lock, bool may_interrupt,
		      const struct timespec *deadline)
{
	struct turn turn = {lock, HELD, 0};
	int error = 0;

	if (afield__rwlocked_try_write_lock(lock) == 0)
		return 0;
	if (is_read_by_me(lock))
		return -EDEADLK;
	if (may_interrupt)
		error = afield_wait(&lock->writers, has_write_lock, &turn, deadline);
	else
		afield_wait_uninterrupted(&lock->writers, has_write_lock, &turn);
	error = error ? error : turn.error;
	if (error) { /* readers that let this thread go first need not */
		forget_waiting(lock);
		afield_wake(&lock->readers);
	}
	return error;
}

/* Typed callers cannot be told that the host ended a wait, and wait on. */
int afield__rwlocked_read_lock(struct afield__rwlocked *lock)
{
	return read_lock(lock, false, NULL);
}

int afield__rwlocked_write_lock(struct afield__rwlocked *lock)
{
	return write_lock(lock, false, NULL);
}

/* Every field of this room begins with its lock. */
static struct afield__rwlocked *lock_of(const struct afield_type *type, void *field)
{
	(void)type;
	return (struct afield__rwlocked *)field;
}

static int begin_read(const struct afield_type *type, void *field, const struct timespec *deadline)
{
	return read_lock(lock_of(type, field), true, deadline);
}

static int try_begin_read(const struct afield_type *type, void *field)
{
	return afield__rwlocked_try_read_lock(lock_of(type, field));
}

static void end_read(const struct afield_type *type, void *field)
{
	afield__rwlocked_read_unlock(lock_of(type, field));
}

static int begin_write(const struct afield_type *type, void *field, const struct timespec *deadline)
{
	return write_lock(lock_of(type, field), true, deadline);
}

static int try_begin_write(const struct afield_type *type, void *field)
{
	return afield__rwlocked_try_write_lock(lock_of(type, field));
}

static void end_write(const struct afield_type *type, void *field)
{
	afield__rwlocked_write_unlock(lock_of(type, field));
}

static const struct afield_turn turns[] = {
	{"read_lock", "Locks the field for reading, beside other readers.", false, begin_read,
	 try_begin_read, end_read},
	{"write_lock", "Locks the field for writing: the value, for this thread alone.", true,
	 begin_write, try_begin_write, end_write},
};

/* What Python raises. */
static const struct afield_refusal refusals[] = {
	{-EDEADLK, "DeadlockError", "this thread has a lock of the field that is in the way"},
	{-EOWNERDEAD, "OwnerDeadError",
	 "the thread that has the write lock was left behind by a fork"},
	{-EAGAIN, "LockLimitError", "this thread has as many read locks as it can have"},
};
const struct afield_hosted afield__rwlocked_hosted = {
	.traverse = afield_turn_traverse,
	.clear = afield_turn_clear,
	.refusals = refusals,
	.refusal_count = sizeof(refusals) / sizeof(refusals[0]),
	.turns = turns,
	.turn_count = 2,
};
const struct afield_verb afield__rwlocked_verbs[1] = {AFIELD_TURN_EXCHANGE};

void afield__rwlocked_fini(const struct afield_type *type, void *field)
{
	afield_inside_fini(type, field);
	memset(field, 0, sizeof(struct afield__rwlocked));
}
