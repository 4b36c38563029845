/* SPDX-License-Identifier: MIT */
/*
 * atomic fields that are waited for: every size and type, every order of the store, many words in
 * one place, and a host with a lock of its own. A lost wake-up is a hang, which the watchdog turns
 * into a failure.
 */
#include <afield/atomic.h>

#include "table.h"
#include "waiting_cases.h"

#include <math.h>

static const struct timespec past = {0, 0};
AFIELD_TYPE(text_pointer, atomic, const char *);

/* The bytes are compared: of floats, too. */
static void what_differs_is_not_waited_for(void)
{
	static const char *const words[] = {"one", "two"};
	afield_bool flag;
	afield_i8 byte;
	afield_u16 half;
	afield_i32 word;
	afield_f32 real;
	afield_f64 level;
	text_pointer pointer;

	memset(&flag, 0, sizeof(flag));
	memset(&byte, 0, sizeof(byte));
	memset(&half, 0, sizeof(half));
	memset(&word, 0, sizeof(word));
	memset(&real, 0, sizeof(real));
	memset(&level, 0, sizeof(level));
	memset(&pointer, 0, sizeof(pointer));
	TEST_CHECK(afield_bool_wait(&flag, true, NULL) == 0);
	TEST_CHECK(afield_bool_wait(&flag, false, &past) == -ETIMEDOUT);
	afield_i8_store(&byte, -1);
	TEST_CHECK(afield_i8_wait(&byte, 1, NULL) == 0);
	TEST_CHECK(afield_i8_wait(&byte, -1, &past) == -ETIMEDOUT);
	TEST_CHECK(afield_u16_wait(&half, 0x100, NULL) == 0);
	TEST_CHECK(afield_u16_wait(&half, 0, &past) == -ETIMEDOUT);
	TEST_CHECK(afield_i32_wait(&word, 1 << 30, NULL) == 0);
	TEST_CHECK(afield_i32_wait(&word, 0, &past) == -ETIMEDOUT);
	TEST_CHECK(afield_f32_wait(&real, -0.0F, NULL) == 0);
	TEST_CHECK(afield_f32_wait(&real, 0, &past) == -ETIMEDOUT);
	afield_f64_store(&level, (double)NAN);
	TEST_CHECK(afield_f64_wait(&level, 0, NULL) == 0);
	TEST_CHECK(afield_f64_wait(&level, (double)NAN, &past) == -ETIMEDOUT);
	text_pointer_store(&pointer, words[0]);
	TEST_CHECK(text_pointer_wait(&pointer, words[1], NULL) == 0);
	TEST_CHECK(text_pointer_wait(&pointer, words[0], &past) == -ETIMEDOUT);
	afield_f64_notify_one(&level); /* nobody is there */
	text_pointer_notify_all(&pointer);
}

static int call(const char *verb, afield_i64 *field, void *result, const void *old, double timeout)
{
	const struct afield_type *type = afield_i64_type();
	const void *arguments[] = {old, &timeout};

	return table_verb(type, verb)->call(type, field, result, arguments);
}

static void the_table_waits_too(void)
{
	afield_i64 field;
	int64_t old = 0;
	bool has_changed = true;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(call("wait", &field, &has_changed, &old, 0.001) == 0 && !has_changed);
	old = 1;
	TEST_CHECK(call("wait", &field, &has_changed, &old, -1) == 0 && has_changed);
	TEST_CHECK(call("notify_one", &field, NULL, NULL, 0) == 0);
	TEST_CHECK(call("notify_all", &field, NULL, NULL, 0) == 0);
}

/* Two threads pass a turn by stores of every order, and notify afterwards. */
static afield_u32 turn;
static void pass_turn(void *rounds, int index)
{
	uint32_t count = (uint32_t) * (const long *)rounds;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t mine = 2 * i + (uint32_t)index;
		uint32_t seen;

		while ((seen = afield_u32_load_relaxed(&turn)) != mine)
			TEST_CHECK(afield_u32_wait(&turn, seen, NULL) == 0);
		switch (i % 4) {
		case 0:
			afield_u32_store_relaxed(&turn, mine + 1);
			break;
		case 1:
			afield_u32_store_release(&turn, mine + 1);
			break;
		case 2:
			afield_u32_fetch_add_relaxed(&turn, 1);
			break;
		default:
			afield_u32_store(&turn, mine + 1);
		}
		if (i % 2)
			afield_u32_notify_one(&turn);
		else
			afield_u32_notify_all(&turn);
	}
}

static void no_wake_is_lost(void)
{
	long rounds = test_scaled(3000);

	memset(&turn, 0, sizeof(turn));
	test_threads(2, pass_turn, &rounds);
	TEST_CHECK(afield_u32_load(&turn) == 2 * (uint32_t)rounds);
}

/* More words than places: who waits for one is woken for others, and sleeps on. */
enum { WORDS = 200, SLEEPERS = 8 };
static afield_i64 words[WORDS];
static void count_up(void *rounds, int index)
{
	long count = *(const long *)rounds;

	for (long i = 1; i <= count; i++) {
		afield_i64 *mine = &words[(index * 25 + i) % WORDS];

		if (index >= SLEEPERS) {
			for (int k = 0; k < SLEEPERS; k++) {
				afield_i64_store_release(&words[(k * 25 + i) % WORDS], i);
				afield_i64_notify_one(&words[(k * 25 + i) % WORDS]);
			}
			continue;
		}
		for (;;) {
			int64_t seen = afield_i64_load_acquire(mine);

			if (seen >= i)
				break;
			TEST_CHECK(afield_i64_wait(mine, seen, NULL) == 0);
		}
	}
}

static void words_share_their_places(void)
{
	long rounds = test_scaled(400);

	memset(words, 0, sizeof(words));
	test_threads(SLEEPERS + 1, count_up, &rounds);
	TEST_CHECK(afield_i64_load(&words[rounds % WORDS]) >= rounds);
}

static afield_u32 state;
static void wait_or_change(void *sleeps, int index)
{
	if (index == 0)
		host_await_sleep(*(const unsigned long *)sleeps);
	host_attach_thread();
	if (index == 0) {
		afield_u32_store_release(&state, 1);
		afield_u32_notify_all(&state);
	}
	TEST_CHECK(afield_u32_wait(&state, 0, NULL) == 0);
	TEST_CHECK(host_is_attached);
	host_detach_thread();
}

static void waiters_give_up_the_host(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);

	memset(&state, 0, sizeof(state));
	test_threads(5, wait_or_change, &sleeps);
}

/* A field is held while it is 0. */
static void hold(void (*meanwhile)(void))
{
	afield_u32_store(&state, 0);
	meanwhile();
	afield_u32_store_release(&state, 1);
	afield_u32_notify_one(&state);
}

static int want_until(const struct timespec *deadline)
{
	return afield_u32_wait(&state, 0, deadline);
}

static int want(void)
{
	return want_until(NULL);
}

static const struct waiting_case cases[] = {{hold, want, WAITING_MAY_END, want_until}};

static uint32_t waiters(void)
{
	return AFIELD_LOAD(&afield_waiters_of(&state)->count, relaxed);
}

int main(void)
{
	WAITING_RUN(cases, NULL, waiters);
	TEST_RUN(what_differs_is_not_waited_for);
	TEST_RUN(the_table_waits_too);
	TEST_RUN(no_wake_is_lost);
	TEST_RUN(words_share_their_places);
	TEST_RUN(waiters_give_up_the_host);
	return test_done();
}
