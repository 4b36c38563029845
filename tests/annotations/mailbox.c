/*
 * A mailbox whose owner has ended is freed by the last who holds it, after all that its owner did.
 */
#include <afield/mailbox.h>

#include "steps.h"
#include "test.h"

static AFIELD_ATOMIC(struct afield_mailbox *) mailbox;
static step_count steps;

static void *own(void *unused)
{
	AFIELD_STORE(&mailbox, afield_mailbox_hold(), release);
	step_to(&steps, 1);
	return unused;
}

static void using_comes_first(void)
{
	struct afield_mailbox *held;
	pthread_t owner;

	if (pthread_create(&owner, NULL, own, NULL))
		abort();
	step_await(&steps, 1);
	held = AFIELD_LOAD(&mailbox, acquire);
	while (AFIELD_LOAD(&held->holders, relaxed) != 1)
		usleep(100); /* joining the owner would order the two */
	afield_mailbox_release(held);
	pthread_join(owner, NULL);
	TEST_CHECK(held != NULL);
}

int main(void)
{
	TEST_RUN(using_comes_first);
	return test_done();
}
