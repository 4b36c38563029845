/* SPDX-License-Identifier: MIT */
/*
 * A host's hooks are written before they are set, and read by threads that wait later.
 */
#include <afield/wait.h>

#include "steps.h"
#include "test.h"

static struct afield_host host;
static step_count steps;
static void *token;

static void *detach(void)
{
	return &host;
}
static void attach(void *given)
{
	TEST_CHECK(given == &host);
}

static void *wait_later(void *unused)
{
	step_await(&steps, 1);
	token = afield_detach();
	afield_attach(token);
	return unused;
}

static void setting_comes_first(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, wait_later, NULL))
		abort();
	host.detach = detach;
	host.attach = attach;
	TEST_CHECK(afield_set_host(&host));
	step_to(&steps, 1);
	pthread_join(thread, NULL);
	TEST_CHECK(token == &host);
}

int main(void)
{
	TEST_RUN(setting_comes_first);
	return test_done();
}
