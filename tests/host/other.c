/* SPDX-License-Identifier: MIT */
/*
 * A host that is no Python is set while a thread of a Python of which nobody told waits: what that
 * thread gave up goes back to Python.
 */
#include <Python.h>

#include <afield/event.h>
#include <afield/host.h>

#include "test.h"

#include <unistd.h>

static afield_event event;
static int attached; /* __atomic; how often */

static void *detach(void)
{
	return NULL;
}

static void attach(void *token)
{
	(void)token;
	__atomic_fetch_add(&attached, 1, __ATOMIC_RELAXED);
}

static void *be_host(void *unused)
{
	static const struct afield_host host = {detach, attach, NULL, NULL, NULL, NULL, NULL};

	usleep(50000);
	TEST_CHECK(afield_set_host(&host));
	afield_event_set(&event);
	return unused;
}

static void a_state_goes_back_to_python(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, be_host, NULL))
		abort();
	TEST_CHECK(afield_event_wait(&event, NULL) == 0);
	TEST_CHECK(PyGILState_Check());
	TEST_CHECK(PyRun_SimpleString("sum(range(100))") == 0);
	pthread_join(thread, NULL);
	TEST_CHECK(__atomic_load_n(&attached, __ATOMIC_RELAXED) == 0);
}

int main(void)
{
	alarm(60);
	Py_Initialize();
	TEST_RUN(a_state_goes_back_to_python);
	return test_done();
}
