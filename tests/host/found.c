/* SPDX-License-Identifier: MIT */
/*
 * What a thread of a Python of which nobody told gives up goes back to that Python, once. The
 * interpreter is four functions, as the library finds them; its state is the token of a host that is
 * set later, too.
 */
#include <afield/host.h>
#include <afield/wait.h>

#include "test.h"

static int state, is_attached = 1;
static int saved, restored, attached; /* how often */

AFIELD_EXPORT void *PyGILState_GetThisThreadState(void);
AFIELD_EXPORT void *PyThreadState_GetUnchecked(void);
AFIELD_EXPORT void *PyEval_SaveThread(void);
AFIELD_EXPORT void PyEval_RestoreThread(void *token);
void *PyGILState_GetThisThreadState(void)
{
	return &state;
}
void *PyThreadState_GetUnchecked(void)
{
	return is_attached ? &state : NULL;
}
void *PyEval_SaveThread(void)
{
	saved++;
	is_attached = 0;
	return &state;
}
void PyEval_RestoreThread(void *token)
{
	TEST_CHECK(token == &state);
	restored++;
	is_attached = 1;
}

static void *detach(void)
{
	return &state;
}
static void attach(void *token)
{
	TEST_CHECK(token == &state);
	attached++;
}
static const struct afield_host host = {detach, attach, NULL, NULL, NULL, NULL, NULL};

static void a_state_is_given_up_and_taken_back(void)
{
	void *token = afield_detach();

	TEST_CHECK(token == &state && saved == 1 && !is_attached);
	TEST_CHECK(!afield_detach()); /* it is not attached */
	TEST_CHECK(!afield_is_interrupted(token));
	afield_attach(NULL);
	TEST_CHECK(restored == 0);
	afield_attach(token);
	TEST_CHECK(saved == 1 && restored == 1 && is_attached);
}

static void a_host_that_comes_later_gets_its_own(void)
{
	void *token = afield_detach();

	TEST_CHECK(afield_set_host(&host));
	afield_attach(token); /* Python's */
	TEST_CHECK(saved == 2 && restored == 2 && attached == 0);
	token = afield_detach();
	TEST_CHECK(token == &state && saved == 2);
	afield_attach(token);
	TEST_CHECK(restored == 2 && attached == 1);
}

static void another_host_comes_too_late(void)
{
	static const struct afield_host other = {detach, attach, NULL, NULL, NULL, NULL, NULL};

	TEST_CHECK(!afield_set_host(&other));
	TEST_CHECK(afield_set_host(&host));
}

int main(void)
{
	TEST_RUN(a_state_is_given_up_and_taken_back);
	TEST_RUN(a_host_that_comes_later_gets_its_own);
	TEST_RUN(another_host_comes_too_late);
	return test_done();
}
