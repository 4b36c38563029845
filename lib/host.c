/*
 * host: the hooks of the process's host, and what is done when there is none.
 */
#include <afield/host.h>

#include <afield/ordering.h>

static AFIELD_ATOMIC(const struct afield_host *) the_host;

bool afield_set_host(const struct afield_host *host)
{
	const struct afield_host *before = NULL;

	/* Release: pairs with the load in host_hooks, which would else see an unwritten struct. */
	return AFIELD_COMPARE_EXCHANGE(&the_host, &before, host, acq_rel) || before == host;
}

static const struct afield_host *host_hooks(void)
{
	return AFIELD_LOAD(&the_host, acquire);
}

void *afield_detach(void)
{
	const struct afield_host *host = host_hooks();

	return host ? host->detach() : NULL;
}

void afield_attach(void *token)
{
	if (token) /* a token comes from a host, and a host stays for ever */
		host_hooks()->attach(token);
}

/* Without a token the thread was not attached, and the host has nothing to ask of it. */
bool afield_is_interrupted(void *token)
{
	const struct afield_host *host = token ? host_hooks() : NULL;

	return host && host->interrupted && host->interrupted();
}

void afield__hold_object(void *object)
{
	const struct afield_host *host = host_hooks();

	if (host && host->hold)
		host->hold(object);
}

bool afield__try_hold_object(void *object)
{
	const struct afield_host *host = host_hooks();

	return !host || !host->try_hold || host->try_hold(object);
}

void afield__release_object(void *object)
{
	const struct afield_host *host = host_hooks();

	if (host && host->release)
		host->release(object);
}
