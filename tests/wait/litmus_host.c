/* SPDX-License-Identifier: MIT */
/*
 * lib/runtime/host.c itself: two threads set a host each, which they have just filled in, and a third
 * uses what it finds. What must hold in every execution: one of them is the host, for good, and who
 * finds a host finds all of it.
 *
 * Not for GenMC: a host's functions are called through pointers.
 * Not for relacy: host.c is C.
 */
#include "../support/litmus.h"

#include "../../lib/runtime/host.c"

/* The rest of the library. */
__thread struct afield__self *afield__self AFIELD__STATIC_TLS;
struct afield__self *afield__self_make(void)
{
	return NULL;
}
void *afield__interpreter_detach(void)
{
	return NULL;
}
void afield__interpreter_attach(void *state)
{
}
bool afield__interpreter_is_attached(void)
{
	return false;
}
void afield_misuse(const char *subject, const char *sentence)
{
	abort();
}

static struct afield_host hosts[2]; /* each written by the thread with that number */
static bool is_set[2];
static int retained; /* by the third thread alone */

static void retain(void *object)
{
	retained++;
}
static bool try_retain(void *object)
{
	return true;
}

static void set(int self)
{
	hosts[self].retain = retain;
	hosts[self].try_retain = try_retain;
	hosts[self].release = retain;
	is_set[self] = afield_set_host(&hosts[self]);
	assert(afield_has_host());
	assert(is_set[self] == afield_set_host(&hosts[self]));
}

static void use(int self)
{
	if (!afield_has_host())
		return;
	assert(afield__retain_object(hosts));
	assert(afield__try_retain_object(hosts));
	afield__release_object(hosts);
	assert(retained == 2);
}

PROGRAM(host_is_set)
{
	RUN(set, set, use);
	assert(is_set[0] != is_set[1]);
}

PROGRAMS(host_is_set)
