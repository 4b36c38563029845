/*
 * mailbox: each thread's own, made when it is first held and closed when the thread ends.
 */
#include <afield/mailbox.h>
#include <afield/thread.h>

#include <pthread.h>
#include <stdlib.h>

__thread struct afield_mailbox *afield__mailbox __attribute__((tls_model("initial-exec")));

static pthread_key_t key;
static bool has_key;

void afield_mailbox_release(struct afield_mailbox *mailbox)
{
	/* Release: whoever frees comes after every use. Acquire: it is this thread that frees. */
	if (AFIELD_FETCH_SUB(&mailbox->holders, 1, acq_rel) == 1)
		free(mailbox);
}

/* Opens what is left; the thread's own hold ends with it. Once for each mailbox. */
static void end(struct afield_mailbox *mailbox)
{
	struct afield_parcel *newest = afield__mailbox_close(mailbox);

	if (newest == afield__mailbox_mark(mailbox))
		return;
	afield__mailbox_open(newest);
	afield_mailbox_release(mailbox);
}

/* A thread ends. What its parcels do may need a mailbox again: that is a new one, and this function
 * runs again for it. */
static void end_thread(void *mailbox)
{
	afield__mailbox = NULL;
	end((struct afield_mailbox *)mailbox);
}

static void make_key(void)
{
	has_key = pthread_key_create(&key, end_thread) == 0;
}

static struct afield_mailbox *begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct afield_mailbox *mailbox;

	pthread_once(&once, make_key);
	mailbox = has_key ? (struct afield_mailbox *)calloc(1, sizeof(*mailbox)) : NULL;
	if (!mailbox)
		return NULL;
	mailbox->thread = afield_thread_id();
	AFIELD_STORE(&mailbox->holders, 1, relaxed);
	if (pthread_setspecific(key, mailbox)) {
		free(mailbox);
		return NULL;
	}
	afield__mailbox = mailbox;
	return mailbox;
}

struct afield_mailbox *afield_mailbox_hold(void)
{
	struct afield_mailbox *mailbox = afield__mailbox ? afield__mailbox : begin();

	if (mailbox)
		AFIELD_FETCH_ADD(&mailbox->holders, 1, relaxed);
	return mailbox;
}

bool afield_hand_over(struct afield_mailbox *mailbox, struct afield_parcel *parcel)
{
	/* In a child process nobody else will open what the parent's threads had not. */
	if (afield_thread_is_gone(mailbox->thread))
		end(mailbox);
	return afield__mailbox_put(mailbox, parcel);
}

void afield__open_parcels_slow(struct afield_mailbox *mailbox)
{
	afield__mailbox_open(afield__mailbox_take(mailbox));
}
