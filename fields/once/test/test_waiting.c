/* SPDX-License-Identifier: MIT */
/*
 * once beside a host with a lock of its own: who waits for a making is detached, and the next one
 * tries when it fails.
 */
#include <afield/once.h>

#include "waiting_cases.h"

struct module {
	int64_t number;
};
AFIELD_TYPE(module_once, once, struct module);

static module_once field;
static int makings, is_made;

/* As an import does: it detaches in the middle, and is attached again before it ends. */
static int import(struct module *module, void *result)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	int number = __atomic_add_fetch(&makings, 1, __ATOMIC_SEQ_CST);

	TEST_CHECK(host_is_attached);
	host_detach_thread();
	if (number == 1)
		host_await_sleep(sleeps);
	host_attach_thread();
	module->number = number;
	return number == 1 ? *(int *)result : 0;
}

static int first_result;
static void ask(void *argument, int index)
{
	const struct module *module = NULL;
	int error;

	(void)argument, (void)index;
	host_attach_thread();
	error = module_once_get_or_init(&field, import, &first_result, &module);
	TEST_CHECK(host_is_attached);
	host_detach_thread();
	TEST_CHECK(error == 0 || error == first_result);
	if (error == 0) {
		TEST_CHECK(module->number == (first_result ? 2 : 1));
		__atomic_add_fetch(&is_made, 1, __ATOMIC_SEQ_CST);
	}
}

/* All threads are attached in turn while one of them makes the value. */
static void waiters_give_up_the_host(void)
{
	memset(&field, 0, sizeof(field));
	makings = is_made = first_result = 0;
	test_threads(6, ask, NULL);
	TEST_CHECK(makings == 1 && is_made == 6);
}

static void the_next_one_tries_when_it_fails(void)
{
	memset(&field, 0, sizeof(field));
	makings = is_made = 0;
	first_result = -EIO;
	test_threads(6, ask, NULL);
	TEST_CHECK(makings == 2 && is_made == 5);
}

static int make(struct module *module, void *meanwhile)
{
	(*(void (**)(void))meanwhile)();
	module->number = 5;
	return 0;
}

/* A field that has a value is emptied first. */
static void hold(void (*meanwhile)(void))
{
	const struct module *module = NULL;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(module_once_get_or_init(&field, make, &meanwhile, &module) == 0);
}

static int get_or_init(void)
{
	void (*meanwhile)(void) = NULL; /* the value is there when the wait is over */
	const struct module *module = NULL;
	int error = module_once_get_or_init(&field, make, &meanwhile, &module);

	TEST_CHECK(error || module->number == 5);
	return error;
}

/* 0 when it has waited to see that there is a value. */
static int set(void)
{
	struct module value = {6};
	int error = module_once_set(&field, value);

	return error == -EEXIST ? 0 : error;
}

static const struct waiting_case cases[] = {
	{hold, get_or_init, WAITING_MAY_END, NULL},
	{hold, set, WAITING_MAY_END, NULL},
};

static uint32_t waiters(void)
{
	return AFIELD_LOAD(&field.once.waiters.count, relaxed);
}

static void a_get_does_not_wait(void)
{
	struct waiting_holder holder = {hold, waiting_until_told, pthread_self()};

	waiting_holder_start(&holder);
	TEST_CHECK(module_once_get(&field) == NULL);
	waiting_holder_end(&holder);
	TEST_CHECK(module_once_get(&field)->number == 5);
}

static void it_is_free_at_the_end(void)
{
	TEST_CHECK(get_or_init() == 0);
}

int main(void)
{
	WAITING_RUN(cases, NULL, waiters);
	TEST_RUN(waiters_give_up_the_host);
	TEST_RUN(the_next_one_tries_when_it_fails);
	TEST_RUN(a_get_does_not_wait);
	waiting_run_last(hold, set);
	TEST_RUN(it_is_free_at_the_end);
	return test_done();
}
