/*
 * tray with real letters: written, put, taken, read and freed, for the sanitizers to watch; and
 * alone, what the verbs return and that fini gives back what is left.
 */
#include "tray.h"

#include "noise.h"
#include "test.h"

struct letter {
	long number, echo;
};
static long freed; /* __atomic */
static void letter_free(struct letter *letter)
{
	__atomic_fetch_add(&freed, 1, __ATOMIC_RELAXED);
	free(letter);
}
AFIELD_TYPE(letter_tray, tray, struct letter, letter_free);

static letter_tray tray;
static long passed, wrong; /* __atomic */

static struct letter *letter_of(long number)
{
	struct letter *letter = (struct letter *)malloc(sizeof(*letter));

	letter->number = letter->echo = number;
	return letter;
}

static void alone(void)
{
	struct letter *first = letter_of(1), *second = letter_of(2);

	TEST_CHECK(letter_tray_take(&tray) == NULL);
	TEST_CHECK(letter_tray_put(&tray, first));
	TEST_CHECK(!letter_tray_put(&tray, second));
	TEST_CHECK(letter_tray_take(&tray) == first);
	TEST_CHECK(letter_tray_put(&tray, second));
	letter_free(first);
	letter_tray_type()->fini(letter_tray_type(), &tray);
	TEST_CHECK(freed == 2);
	letter_tray_fini(&tray);
	TEST_CHECK(freed == 2);
}

static void put_or_take(void *unused, int index)
{
	long count = test_scaled(20000);

	(void)unused;
	for (long i = 0; i < count; i++) {
		struct letter *letter;

		if (index % 2 == 0) {
			letter = letter_of(i);
			if (!letter_tray_put(&tray, letter))
				letter_free(letter);
			continue;
		}
		letter = letter_tray_take(&tray);
		if (!letter)
			continue;
		__atomic_fetch_add(&passed, 1, __ATOMIC_RELAXED);
		if (letter->number != letter->echo)
			__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
		letter_free(letter);
	}
}

static void together(void)
{
	freed = 0;
	test_threads(4, put_or_take, NULL);
	letter_tray_fini(&tray);
	printf("%ld letters passed\n", passed);
	TEST_CHECK(passed > 0);
	TEST_CHECK(wrong == 0);
	TEST_CHECK(freed == 2 * test_scaled(20000));
}

int main(void)
{
	TEST_RUN(alone);
	TEST_RUN(together);
	return test_done();
}
