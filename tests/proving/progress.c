/*
 * The progress words of tray.h: nobody waits for a thread that stopped in the middle, whether the
 * tray was empty or full.
 */
#include "tray.h"

#include "schedule.h"
#include "test.h"

struct letter {
	int number;
};
static void keep(struct letter *letter)
{
	(void)letter;
}
AFIELD_TYPE(letter_tray, tray, struct letter, keep);

static void put(void *field)
{
	static struct letter letter;

	(void)letter_tray_put((letter_tray *)field, &letter);
}
static void take(void *field)
{
	(void)letter_tray_take((letter_tray *)field);
}
static const struct schedule_operation operations[] = {
	{"put", put, WAIT_FREE},
	{"take", take, WAIT_FREE},
};

static void nobody_waits(void)
{
#ifdef TRAY_TWIN_LOCKED
	schedule_patience(200); /* it will run out each time */
#endif
	TEST_CHECK(schedule_freeze(operations, 2, sizeof(letter_tray), NULL, NULL) == 0);
	TEST_CHECK(schedule_freeze(operations, 2, sizeof(letter_tray), put, NULL) == 0);
}

int main(void)
{
	TEST_RUN(nobody_waits);
	return test_done();
}
