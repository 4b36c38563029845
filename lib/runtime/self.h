/* SPDX-License-Identifier: MIT */
/*
 * self: the records of threads, for the library's own use. See <afield/detail/self.h>.
 *
 * Synchronization: each, is_over concurrent with everything; child where a child of a fork has one
 * thread.
 */
#ifndef AFIELD_LIB_SELF_H
#define AFIELD_LIB_SELF_H

#include <afield/detail/self.h>

/* Sections of threads for which there was no memory: how many are inside. */
struct afield__overflow {
	AFIELD_ATOMIC(uint64_t) readers;
};
extern struct afield__overflow afield__overflow;

/* Calls visit for each record, free ones too, until it returns true: then true. */
bool afield__self_each(bool (*visit)(struct afield__self *self, void *argument), void *argument);

/* Calls visit for each record that is free, or whose thread has ended, while nobody can take it:
 * those which the visitor wants, for the others cost nothing. */
void afield__self_each_unused(bool (*wants)(const struct afield__self *self),
			      void (*visit)(struct afield__self *self));

/* Whether the record's thread has ended; then the record is free. */
bool afield__self_is_over(struct afield__self *self);

/* In the child of a fork: the others' records are free, and this thread's has its new number. */
void afield__self_child(void);

/* owner_queue.c: the owner is gone, and left this queue in its record: it is closed, and the messages
 * wait for who opens them. And in the child of a fork, when that is done for all. Async-signal-safe. */
void afield__owner_queue_orphan(struct afield_owner_queue *queue);
void afield__owner_queues_child(void);

/* thread.c: the number for a thread that takes a record. */
uint64_t afield__number_next(void);

#endif
