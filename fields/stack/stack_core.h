/* SPDX-License-Identifier: MIT */
/*
 * stack_core: ConcurrencyKit's ck_stack, as the stack kind uses it.
 *
 * A node links to the node below it; the head is the one on top. Push and pop exchange the head,
 * take exchanges it for nothing and gets all nodes at once.
 *
 * Of ck_stack's forms these are the ones for nodes that are used once (upmc). They compare the head
 * alone, and are wrong when a node that was popped comes back on top while another thread is in the
 * middle of a pop (ABA). Here it cannot: pop runs inside a read section, and a node is freed, and
 * its memory used again, when every section that was open has ended. With that, take is sound too.
 * The forms with a generation (mpmc), for nodes that come back at once, are not: theirs of take
 * leaves the generation as it was, which tests/controls shows. They also ask for a 16-byte
 * compare-exchange and gain nothing here.
 *
 * When to use it: to read what the kind stands on. Programs use stack.h.
 *
 * A link is written before its node is published, and never again: in a read section, the nodes
 * below one that was found on top are what the stack held at that instant.
 *
 * Synchronization: all of them beside each other; pop, first and the links inside a read section.
 */
#ifndef AFIELD_STACK_CORE_H
#define AFIELD_STACK_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ConcurrencyKit's ck_stack_entry and ck_stack; stack_ck.c holds them to that. */
struct afield__stack_link {
	struct afield__stack_link *below;
};
struct afield__stack_words {
	AFIELD_ATOMIC(struct afield__stack_link *) head; /* stack_ck.c alone touches it */
	AFIELD_ATOMIC(char *) generation;                /* not used */
};

/*
 * Lays a node on top; takes the one on top, NULL when there is none; takes all, from the top; looks
 * at the one on top.
 *   Progress: push and pop are lock-free, the others wait-free. Ordering: seq_cst.
 */
void afield__stack_ck_push(struct afield__stack_words *stack, struct afield__stack_link *link);
struct afield__stack_link *afield__stack_ck_pop(struct afield__stack_words *stack);
struct afield__stack_link *afield__stack_ck_take(struct afield__stack_words *stack);
struct afield__stack_link *afield__stack_ck_first(const struct afield__stack_words *stack);

#ifdef __cplusplus
}
#endif

#endif
