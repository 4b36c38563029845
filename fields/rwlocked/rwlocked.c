/* SPDX-License-Identifier: MIT */
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
 * one behind. The obvious alternative, a counter of waiting writers, would stay up forever when a
 * writer does not come back from attaching to its host, and in the child of a fork; there the count
 * of sleepers is wrong, too, but the number left in `waiting` is known to be of the dead.
 *
 * An unlock wakes one writer. Of several that sleep one has left its number, which goes with it; at
 * its unlock, or when it gives up, it wakes another, which leaves its own if it sleeps on.
 *
 * What a thread has. Read locks are kept in a short list of the thread's own, because the lock
 * itself does not know its readers: by it a thread that asks for the write lock of a field that it
 * reads is told so, and by it the child of a fork knows which of the reads that it inherits go on.
 */
#include "rwlocked.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { PROMISE_MILLISECONDS = 10 };

/* How many this thread has. The list is in its record; without one it has no locks. */
static unsigned read_count(void)
{
	const struct afield__self *self = afield__self;

	return afield__is_record(self) ? AFIELD_LOAD(&self->read_count, relaxed) : 0;
}

static bool has_place(void)
{
	const struct afield__self *self = afield__self_get();

	return self && AFIELD_LOAD(&self->read_count, relaxed) != AFIELD__MOST_READS;
}

static struct afield__rwlocked *read_at(unsigned i)
{
	return (struct afield__rwlocked *)AFIELD_LOAD(&afield__self->reads[i], relaxed);
}

/* In the child of a fork: of all read locks, those of this thread are left. */
static void count_own_reads(void)
{
	uint64_t generation = afield_fork_generation();

	/* A word that is not old any more has been counted: twice its own, or by another copy. */
	for (unsigned i = 0; i < read_count(); i++) {
		afield__rwlocked_word *state = &read_at(i)->state;
		uint64_t counted =
			afield__rwlocked_readers(AFIELD_LOAD(state, relaxed), generation);

		AFIELD_STORE(state, afield__rwlocked_free(generation) + counted + 1, relaxed);
	}
}
static struct afield_fork_hook own_reads = {count_own_reads, NULL};
static __attribute__((constructor)) void begin(void)
{
	afield_fork_hook_add(&own_reads);
}

static bool is_read_by_me(const struct afield__rwlocked *lock)
{
	for (unsigned i = 0; i < read_count(); i++)
		if (read_at(i) == lock)
			return true;
	return false;
}

static void forget_read(const struct afield__rwlocked *lock)
{
	unsigned last = read_count() - 1, i = last;

	while (read_at(i) != lock) /* nearly always the last */
		i--;
	AFIELD_STORE(&afield__self->reads[i], read_at(last), relaxed);
	AFIELD_STORE(&afield__self->read_count, last, relaxed);
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

	if (!has_waiting_writer(lock) || read_count() != 0)
		return false;
	if (AFIELD_LOAD(&lock->writers.count, relaxed) != 0)
		return true;
	promise = AFIELD_LOAD(&lock->promise, relaxed);
	return promise != 0 && promise > nanoseconds(from_now(0));
}

/* Fails only while a writer is in. There is room in the list. */
static bool enter_as_reader(struct afield__rwlocked *lock)
{
	if (!afield__rwlocked_enter_read(&lock->state, afield_fork_generation()))
		return false;
	AFIELD_STORE(&afield__self->reads[read_count()], lock, relaxed);
	AFIELD_STORE(&afield__self->read_count, read_count() + 1, relaxed);
	return true;
}

int afield__rwlocked_try_read_lock(struct afield__rwlocked *lock)
{
	bool may_enter = has_place() && !owes_turn(lock);

	return may_enter && enter_as_reader(lock) ? 0 : -EBUSY;
}

int afield__rwlocked_try_write_lock(struct afield__rwlocked *lock)
{
	if (!afield__rwlocked_enter_write(&lock->state, afield_thread_id(),
					  afield_fork_generation()))
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
	if (afield__rwlocked_leave_read(&lock->state))
		afield_wake_one(&lock->writers);
}

void afield__rwlocked_write_unlock(struct afield__rwlocked *lock)
{
	promise_turn(lock);
	afield__rwlocked_leave_write(&lock->state, afield_fork_generation());
	afield_wake_one(&lock->writers);
	afield_wake(&lock->readers);
}

/* How things stand for a thread that wants in. */
enum standing { ENTERED, HELD, YIELDING, REFUSED };

struct wait_context {
	struct afield__rwlocked *lock;
	enum standing standing;
	int error; /* why it is REFUSED */
};

/*
 * Each wait begins its look here, seq_cst, behind its count. Who is in then will find it counted,
 * and so will who comes in between this look and the try that follows: that one leaves still later.
 */
static bool is_refused(struct wait_context *wait)
{
	uint64_t writer = afield__rwlocked_writer(afield__rwlocked_load(&wait->lock->state));

	wait->error = writer == afield_thread_id()    ? -EDEADLK
		      : afield_thread_is_gone(writer) ? -EOWNERDEAD
						      : 0;
	return wait->error != 0;
}

static enum standing look_for_read(struct wait_context *wait)
{
	if (is_refused(wait))
		return REFUSED;
	if (owes_turn(wait->lock))
		return YIELDING;
	return enter_as_reader(wait->lock) ? ENTERED : HELD;
}

static bool has_changed(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;
	enum standing before = wait->standing;

	wait->standing = look_for_read(wait);
	return wait->standing != before;
}

/* Whether a normal deadline, which may be NULL for none, comes at this time or before. */
static bool is_due(const struct timespec *deadline, struct timespec time)
{
	return deadline && nanoseconds(*deadline) <= nanoseconds(time);
}

/* Sleeps while things stand as they do. A yielding reader looks at the clock in any case. */
static int sleep_on(struct wait_context *wait, bool may_interrupt, const struct timespec *deadline)
{
	struct timespec end = from_now(PROMISE_MILLISECONDS);

	if (wait->standing == YIELDING && !is_due(deadline, end))
		deadline = &end;
	if (may_interrupt)
		return afield_wait(&wait->lock->readers, has_changed, wait, deadline);
	(void)afield_wait_uninterrupted_until(&wait->lock->readers, has_changed, wait, deadline);
	return 0;
}

static int read_lock(struct afield__rwlocked *lock, bool may_interrupt,
		     const struct timespec *deadline)
{
	struct wait_context wait = {lock, HELD, 0};
	struct timespec normal;
	int error;

	if (afield__rwlocked_try_read_lock(lock) == 0)
		return 0;
	if (!has_place())
		return -EAGAIN;
	deadline = afield__deadline_normal(deadline, &normal);
	wait.standing = look_for_read(&wait);
	while (wait.standing == HELD || wait.standing == YIELDING) {
		error = sleep_on(&wait, may_interrupt, deadline);
		if (error == -EINTR || (error && is_due(deadline, from_now(0))))
			return error;
	}
	return wait.standing == ENTERED ? 0 : wait.error;
}

static bool has_write_lock(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;

	if (is_refused(wait) || afield__rwlocked_try_write_lock(wait->lock) == 0)
		return true;
	AFIELD_STORE(&wait->lock->waiting, afield_thread_id(), relaxed);
	return false;
}

static int write_lock(struct afield__rwlocked *lock, bool may_interrupt,
		      const struct timespec *deadline)
{
	struct wait_context wait = {lock, HELD, 0};
	int error = 0;

	if (afield__rwlocked_try_write_lock(lock) == 0)
		return 0;
	if (is_read_by_me(lock))
		return -EDEADLK;
	if (may_interrupt)
		error = afield_wait(&lock->writers, has_write_lock, &wait, deadline);
	else
		afield_wait_uninterrupted(&lock->writers, has_write_lock, &wait);
	error = error ? error : wait.error;
	if (error) { /* readers that let this thread go first need not, but for the next writer */
		forget_waiting(lock);
		afield_wake_one(&lock->writers);
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

int afield__rwlocked_reset_orphans(struct afield__rwlocked *lock)
{
	uint64_t writer = afield__rwlocked_writer(afield__rwlocked_load(&lock->state));

	return afield_thread_is_gone(writer) &&
	       afield__rwlocked_disown(&lock->state, writer, afield_fork_generation());
}

/* Every field of this kind begins with its lock. */
static struct afield__rwlocked *lock_of(const struct afield_type *type, void *field)
{
	(void)type;
	return (struct afield__rwlocked *)field;
}

static int reset_orphans(const struct afield_type *type, void *field)
{
	return afield__rwlocked_reset_orphans(lock_of(type, field));
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

static const struct afield_lock_mode lock_modes[] = {
	{"read_lock", "Locks the field for reading, beside other readers.", false, begin_read,
	 try_begin_read, end_read},
	{"write_lock", "Locks the field for writing: the value, for this thread alone.", true,
	 begin_write, try_begin_write, end_write},
};

/* What Python raises. */
static const struct afield_error_mapping error_mappings[] = {
	{-EDEADLK, "DeadlockError", "this thread has a lock of the field that is in the way"},
	{-EOWNERDEAD, "OwnerDeadError",
	 "the write lock was orphaned by a fork; reset_orphans gives it back"},
	{-EAGAIN, "LockLimitError", "this thread has as many read locks as it can have"},
};
const struct afield_host_binding afield__rwlocked_host_binding = {
	.traverse = afield_guarded_traverse,
	.clear = afield_guarded_clear,
	.error_mappings = error_mappings,
	.error_mapping_count = AFIELD__LENGTH(error_mappings),
	.lock_modes = lock_modes,
	.lock_mode_count = 2,
	.reset_orphans = reset_orphans,
};
const struct afield_verb afield__rwlocked_verbs[1] = {AFIELD_GUARDED_EXCHANGE};

void afield__rwlocked_fini(const struct afield_type *type, void *field)
{
	afield_inline_value_fini(type, field);
	memset(field, 0, sizeof(struct afield__rwlocked));
}
