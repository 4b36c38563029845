/* SPDX-License-Identifier: MIT */
/*
 * host: the hooks of the process's host, and what is done when there is none.
 */
#include <afield/host.h>

#include <afield/detail/misuse.h>
#include <afield/ordering.h>
#include <afield/detail/self.h>

#include "interpreter.h"

#include <errno.h>

static AFIELD_ATOMIC(const struct afield_host *) the_host;

bool afield_set_host(const struct afield_host *host)
{
	const struct afield_host *before = NULL;

	/* Release: pairs with the load in host_hooks, which would else see an unwritten struct. */
	return AFIELD_COMPARE_EXCHANGE(&the_host, &before, host, release) || before == host;
}

static const struct afield_host *host_hooks(void)
{
	return AFIELD_LOAD(&the_host, acquire);
}

/* Without a host, of a thread that is attached to a Python of which nobody told. */
static void *detach_found(void)
{
	struct afield__self *self;
	void *state;

#ifdef AFIELD_DEBUG
	if (afield__interpreter_is_attached())
		afield_misuse("wait", "a thread that is attached to Python may wait here, of which "
				      "nobody told; call afield_python_init");
#endif
	state = afield__interpreter_detach();
	self = state ? afield__self_get() : NULL;
	if (self)
		AFIELD_STORE(&self->detached, state, relaxed);
	return state;
}

void *afield_detach(void)
{
	const struct afield__self *self = afield__self;
	const struct afield_host *host = host_hooks();

	if (afield__is_record(self) && AFIELD_LOAD(&self->is_hostless, relaxed))
		return NULL;
	return host ? host->detach() : detach_found();
}

bool afield_is_detached(void)
{
	const struct afield_host *host = host_hooks();

	return host && host->release && host->is_attached && !host->is_attached();
}

/* The host may have been set since the token was given: whatever host that is, what Python's own
 * functions gave goes back to them. */
static bool is_found(void *token, const struct afield_host *host)
{
	struct afield__self *self = afield__self;

	if (!afield__is_record(self) || AFIELD_LOAD(&self->detached, relaxed) != token)
		return !host;
	AFIELD_STORE(&self->detached, NULL, relaxed);
	return true;
}

void afield_attach(void *token)
{
	const struct afield_host *host = host_hooks();

	if (token && is_found(token, host))
		afield__interpreter_attach(token);
	else if (token)
		host->attach(token);
}

/* Without a token the thread was not attached, and the host has nothing to ask of it. */
bool afield_is_interrupted(void *token)
{
	const struct afield_host *host = token ? host_hooks() : NULL;

	return host && host->interrupted && host->interrupted();
}

bool afield_has_host(void)
{
	const struct afield_host *host = host_hooks();

	return host && host->retain && host->try_retain && host->release;
}

int afield__host_missing(const char *kind)
{
	afield_misuse(kind, "it is to keep an object, and no host is set that counts references; "
			    "call afield_python_init or afield_set_host");
	return -ENOTSUP;
}

bool afield__retain_object(void *object)
{
	if (!afield_has_host())
		return afield__host_missing("afield_retain") == 0;
	host_hooks()->retain(object);
	return true;
}

/* An object that is or was in a field was kept by a host, and a host stays forever. */
bool afield__try_retain_object(void *object)
{
	return host_hooks()->try_retain(object);
}

void afield__release_object(void *object)
{
	host_hooks()->release(object);
}
