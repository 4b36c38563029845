/* SPDX-License-Identifier: MIT */
/*
 * Deadlines: what is made of any struct timespec, and of any number of seconds.
 *
 * Each is compared with arithmetic in 128 bits. The parts tried are the ends of the range, the
 * places where a carry begins, and numbers from a generator between them.
 */
#include <afield/wait.h>

#include "test.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>

enum { SECOND = 1000000000, SEEDS = 40 };
__extension__ typedef __int128 wide;

static const time_t last_time = (time_t)(((UINT64_C(1) << (8 * sizeof(time_t) - 2)) - 1) * 2 + 1);

static uint64_t random_bits(uint64_t *seed)
{
	*seed += UINT64_C(0x9E3779B97F4A7C15);
	uint64_t bits = *seed;

	bits = (bits ^ bits >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94D049BB133111EB);
	return bits ^ bits >> 31;
}

static wide nanoseconds_of(const struct timespec *time)
{
	return (wide)time->tv_sec * SECOND + time->tv_nsec;
}

static void check_normal(time_t seconds, long nanoseconds)
{
	struct timespec deadline, normal = {-7, -7};
	const struct timespec *result;
	wide sum;

	deadline.tv_sec = seconds;
	deadline.tv_nsec = nanoseconds;
	sum = nanoseconds_of(&deadline);
	result = afield__deadline_normal(&deadline, &normal);
	TEST_CHECK(deadline.tv_sec == seconds && deadline.tv_nsec == nanoseconds);
	if (sum >= (wide)AFIELD__DEADLINE_LAST * SECOND) {
		TEST_CHECK(result == NULL);
		return;
	}
	TEST_CHECK(result == &normal);
	TEST_CHECK(normal.tv_sec >= 0 && normal.tv_nsec >= 0 && normal.tv_nsec < SECOND);
	TEST_CHECK(nanoseconds_of(&normal) == (sum < 0 ? 0 : sum));
}

static void every_deadline_is_the_sum_of_its_parts(void)
{
	const time_t bases[] = {0, AFIELD__DEADLINE_LAST, last_time, -last_time - 1, 1000000};
	const long parts[] = {0, SECOND, -SECOND, LONG_MAX, LONG_MIN, 2L * SECOND};
	uint64_t seed = 1;

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
			for (int nudge = 0; nudge < 25; nudge++) {
				time_t seconds;
				long part;

				if (__builtin_add_overflow(bases[i], nudge / 5 - 2, &seconds) ||
				    __builtin_add_overflow(parts[k], nudge % 5 - 2, &part))
					continue;
				check_normal(seconds, part);
			}
	for (long i = test_scaled(200000); i > 0; i--) {
		unsigned shift = (unsigned)(random_bits(&seed) % 64);
		time_t seconds = (time_t)((int64_t)random_bits(&seed) >> shift);

		shift = (unsigned)(random_bits(&seed) % 64);
		check_normal(seconds, (long)((int64_t)random_bits(&seed) >> shift));
	}
	TEST_CHECK(afield__deadline_normal(NULL, NULL) == NULL);
}

/* The deadline lies between now + seconds, as the clock says before and after, rounded down. */
static void check_seconds(double seconds)
{
	const long double most = 100.0L * 366 * 24 * 3600;
	struct timespec before, after, deadline = {-7, -7};
	const struct timespec *result;
	wide span;

	clock_gettime(CLOCK_MONOTONIC, &before);
	result = afield_deadline(seconds, &deadline);
	clock_gettime(CLOCK_MONOTONIC, &after);
	if (!(seconds >= 0) || (long double)seconds > most) {
		TEST_CHECK(result == NULL);
		return;
	}
	TEST_CHECK(result == &deadline && deadline.tv_nsec >= 0 && deadline.tv_nsec < SECOND);
	span = (wide)((long double)seconds * SECOND);
	TEST_CHECK(nanoseconds_of(&deadline) >= nanoseconds_of(&before) + span - 1);
	TEST_CHECK(nanoseconds_of(&deadline) <= nanoseconds_of(&after) + span + 1);
}

static void seconds_are_added_to_the_clock(void)
{
	static const double some[] = {0,
				      -0.0,
				      5e-324,
				      DBL_MIN,
				      1e-9,
				      0.999999999,
				      1,
				      0.5,
				      1 - DBL_EPSILON / 2,
				      1 + DBL_EPSILON,
				      -5e-324,
				      -1,
				      -DBL_MAX,
				      DBL_MAX,
				      4e9,
				      3162240000.,
				      3162240000.5,
				      9.3e18,
				      1.9e19,
				      86400};
	uint64_t seed = 7;

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		check_seconds(some[i]);
	check_seconds((double)NAN);
	check_seconds((double)INFINITY);
	check_seconds(-(double)INFINITY);
	for (long i = test_scaled(100000); i > 0; i--) {
		uint64_t bits = random_bits(&seed);
		double any;

		memcpy(&any, &bits, sizeof(any)); /* every exponent, and what is no number */
		check_seconds(any);
		check_seconds(ldexp((double)(bits >> 11), -20 - (int)(bits % 64)));
	}
}

/* One that has passed is a look, not a sleep that the kernel refuses. */
static bool is_never(void *looks)
{
	++*(int *)looks;
	return false;
}

static void what_has_passed_ends_a_wait_at_once(void)
{
	static const struct timespec past[] = {{-1, SECOND - 1}, {-1, SECOND + 1}, {5, -SECOND}};

	for (size_t i = 0; i < sizeof(past) / sizeof(past[0]); i++) {
		struct afield_waiters waiters;
		int looks = 0;

		memset(&waiters, 0, sizeof(waiters));
		TEST_CHECK(afield_wait(&waiters, is_never, &looks, &past[i]) == -ETIMEDOUT);
		/* Those of the spin, the one that is counted in, and the last one. */
		TEST_CHECK(looks < 200);
		TEST_CHECK(AFIELD_LOAD(&waiters.count, relaxed) == 0);
	}
}

int main(void)
{
	TEST_RUN(every_deadline_is_the_sum_of_its_parts);
	TEST_RUN(seconds_are_added_to_the_clock);
	TEST_RUN(what_has_passed_ends_a_wait_at_once);
	return test_done();
}
