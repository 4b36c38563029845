/* SPDX-License-Identifier: MIT */
/*
 * thread: numbers for threads. See the header for how a fork is known, and copies.h for why there
 * is one numbering however many copies of afield are in the process.
 */
#define _GNU_SOURCE
#include <afield/thread.h>

#include "copies.h"
#include "forks.h"
#include "self.h"

#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The next number to give. 2^63 threads are never made. */
static AFIELD_ATOMIC(uint64_t) next_id;

/* Of the last fork that this process came from: the next number then, and the thread that forked.
 * Written by the only thread of a new process. */
static AFIELD_ATOMIC(uint64_t) fork_next;
static AFIELD_ATOMIC(uint64_t) fork_thread;

/* A thread without a record has its number from the system, and this bit. */
#define WITHOUT_RECORD (UINT64_C(1) << 63)

static uint64_t own_id(void)
{
	const struct afield__self *self = afield__self_get();

	return self ? AFIELD_LOAD(&self->id, relaxed)
		    : WITHOUT_RECORD | (uint64_t)syscall(SYS_gettid);
}

static bool is_gone(uint64_t id)
{
	if (id & WITHOUT_RECORD)
		return id != own_id() &&
		       syscall(SYS_tgkill, getpid(), (int)(id & ~WITHOUT_RECORD), 0) != 0 &&
		       errno == ESRCH;
	/* Numbers begin at 1, so the first `next_id` of them have been given. */
	return id != 0 && id <= AFIELD_LOAD(&fork_next, relaxed) &&
	       id != AFIELD_LOAD(&fork_thread, relaxed);
}

struct question {
	uint64_t id;
	uint64_t answer;
};

/* The word of a thread that has ended may be another's by the time it is read: asked twice. */
static bool answer(struct afield__self *self, void *opaque)
{
	struct question *question = (struct question *)opaque;

	if (AFIELD_LOAD(&self->id, relaxed) != question->id || afield__self_is_over(self))
		return false;
	question->answer = AFIELD_LOAD(&self->pthread, relaxed);
	if (AFIELD_LOAD(&self->id, relaxed) != question->id)
		question->answer = 0;
	return true;
}

static uint64_t identity(uint64_t id)
{
	struct question question = {id, 0};

	if (id != 0)
		afield__self_each(answer, &question);
	return question.answer;
}

static uint64_t generation(void)
{
	return afield_fork_generation();
}

const struct afield__numbering afield__own_numbering = {own_id, is_gone, identity, generation};
/* Of the copy that numbers the threads of the process. */
static const struct afield__numbering *numbering(void)
{
	const struct afield__numbering *other = afield__copies_numbering();

	return other ? other : &afield__own_numbering;
}

uint64_t afield__number_next(void)
{
	const struct afield__numbering *other = afield__copies_numbering();

	return other ? other->own_id() : AFIELD_FETCH_ADD(&next_id, 1, relaxed) + 1;
}

uint64_t afield__thread_id_slow(void)
{
	return own_id();
}

bool afield_thread_is_gone(uint64_t id)
{
	return numbering()->is_gone(id);
}

uint64_t afield_thread_identity(uint64_t id)
{
	return numbering()->identity(id);
}

static bool find_stack(uintptr_t *lowest, size_t *size)
{
	pthread_attr_t attributes;
	void *start;

	if (pthread_getattr_np(pthread_self(), &attributes))
		return false;
	(void)pthread_attr_getstack(&attributes, &start, size);
	(void)pthread_attr_destroy(&attributes);
	*lowest = (uintptr_t)start;
	return true;
}

/*
 * Frames that are in use lie between this one and the stack's beginning. How far it reaches down is
 * no answer for the first thread: without a limit, that is what lies below it now, and stacks of
 * threads that come later may lie in between. On another stack than the thread's own, as in a
 * signal handler, this frame is not among them.
 */
int afield_is_on_stack(const void *address)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	struct afield__self *self = afield__self_get();
	uintptr_t lowest = self ? AFIELD_LOAD(&self->stack, relaxed) : 0;
	size_t size = self ? AFIELD_LOAD(&self->stack_size, relaxed) : 0;

	if (size == 0) {
		if (!find_stack(&lowest, &size))
			return -1;
		if (self) {
			AFIELD_STORE(&self->stack, lowest, relaxed);
			AFIELD_STORE(&self->stack_size, size, relaxed);
		}
	}
	if (here - lowest < size) {
		size -= here - lowest;
		lowest = here;
	}
	return (uintptr_t)address - lowest < size;
}

/* In the child, before fork() returns. It is async-signal-safe, as it must be. */
void afield__thread_child(void)
{
	const struct afield__self *self = afield__self;

	AFIELD_STORE(&fork_next, AFIELD_LOAD(&next_id, relaxed), relaxed);
	AFIELD_STORE(&fork_thread, afield__is_record(self) ? AFIELD_LOAD(&self->id, relaxed) : 0,
		     relaxed);
}
