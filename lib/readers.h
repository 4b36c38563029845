/*
 * readers: who is registered at liburcu, and who is on the way out.
 *
 * liburcu 0.13 counts registered threads under a lock that its fork handlers do not take: it is
 * held for a moment when a thread registers, and again when one ends, behind the registry's own
 * lock. A child that is forked in one of these moments could never register a thread again, and the
 * first that tried would wait for ever. So threads register one at a time and not during a fork;
 * and a fork waits for those that liburcu has unregistered and that have not got past that lock.
 *
 * When to use it: around fork, from reclaim.c. When not: everywhere else.
 *
 * Synchronization: prepare, settle, and then parent or child, in the thread that forks; settle when
 * the registry is locked. afield__reader_begin beside everything, in signal handlers too.
 */
#ifndef AFIELD_READERS_H
#define AFIELD_READERS_H

void afield__readers_prepare(void);
void afield__readers_settle(void);
void afield__readers_parent(void);
void afield__readers_child(void);

#endif
