/*
 * tray under chosen schedules: a letter that was accepted is taken once, whoever goes on when.
 */
#include "tray.h"

#include "schedule.h"
#include "test.h"

enum { THREADS = 3, LETTERS = 3 };

struct letter {
	int taken; /* __atomic */
};
static void keep(struct letter *letter)
{
	(void)letter;
}
AFIELD_TYPE(letter_tray, tray, struct letter, keep);

static letter_tray tray;
static struct letter letters[THREADS][LETTERS];

static void take(void)
{
	struct letter *letter = letter_tray_take(&tray);

	if (letter)
		__atomic_fetch_add(&letter->taken, 1, __ATOMIC_RELAXED);
}

/* A letter that is refused counts as taken by its sender. */
static void put_and_take(void *unused, int index)
{
	(void)unused;
	for (int i = 0; i < LETTERS; i++) {
		if (!letter_tray_put(&tray, &letters[index][i]))
			__atomic_fetch_add(&letters[index][i].taken, 1, __ATOMIC_RELAXED);
		take();
	}
}

static bool each_is_taken_once(enum schedule_mode mode, uint64_t seed)
{
	bool is_right = true;

	memset(letters, 0, sizeof(letters));
	schedule_run(mode, seed, THREADS, put_and_take, NULL);
	take();
	for (int i = 0; i < THREADS; i++)
		for (int j = 0; j < LETTERS; j++)
			is_right &= letters[i][j].taken == 1;
	return is_right;
}

static void schedules_change_nothing(void)
{
	TEST_CHECK(schedule_search("tray", each_is_taken_once, 100, NULL) == 0);
}

int main(void)
{
	TEST_RUN(schedules_change_nothing);
	return test_done();
}
