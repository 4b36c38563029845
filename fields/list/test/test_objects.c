/* SPDX-License-Identifier: MIT */
/*
 * list of objects: an edit that another one overtakes gives back what it has taken for its own
 * array; what is called in a walk may do whatever it likes, for it is in no read section; and
 * writers wait for a full backlog, readers do not.
 */
#include <afield/list.h>

#include <unistd.h>

#include "counted.h"
#include "given_back.h"
#include "reader.h"

typedef struct _object PyObject;
AFIELD_TYPE(objects, list, PyObject *);

static objects list;
static void (*meanwhile)(void); /* what another thread does while an edit takes its references */

static void retain(void *object)
{
	void (*now)(void) = meanwhile;

	meanwhile = NULL;
	if (now)
		now();
	counted_retain(object);
}

/* In the way of reclamation. Who waits for that detaches first, and lets it go. */
static struct reader reader;
static bool is_reading; /* written by this test's one thread */
static int waits;

static void *detach(void)
{
	waits++;
	if (is_reading)
		reader_leave(&reader);
	is_reading = false;
	return NULL;
}

static void begin(void)
{
	static const struct afield_host host = {
		detach,          counted_attach,     NULL, retain, counted_try_retain,
		counted_release, counted_is_attached};
	static bool is_set;

	if (!is_set)
		TEST_CHECK(afield_set_host(&host));
	is_set = true;
}

static void append(void)
{
	PyObject *object = (PyObject *)counted_new();

	TEST_CHECK(objects_append(&list, object) == 0);
	counted_release(object);
}

static void clear(void)
{
	objects_clear(&list);
}

static void finish(size_t count)
{
	TEST_CHECK(objects_count(&list) == count && counted_alive() == (int)count);
	objects_fini(&list);
	TEST_CHECK(counted_alive() == 0);
	TEST_CHECK(afield_barrier() == 0);
}

static void an_edit_that_is_overtaken_is_made_again(void)
{
	begin();
	append();
	meanwhile = append;
	append();
	TEST_CHECK(!meanwhile);
	finish(3);
}

static void an_edit_may_find_less_than_before(void)
{
	begin();
	append();
	append();
	meanwhile = clear;
	append();
	finish(1);
}

static int edit(PyObject *const *value, void *met)
{
	TEST_CHECK(!afield_is_reading());
	TEST_CHECK(__atomic_load_n((long *)(void *)*value, __ATOMIC_SEQ_CST) > 0);
	if (++*(int *)met == 1)
		objects_clear(&list);
	return 0;
}

static void a_walk_runs_what_it_calls_outside_of_sections(void)
{
	int met = 0;

	begin();
	append();
	append();
	TEST_CHECK(objects_walk(&list, edit, &met) == 0 && met == 2);
	TEST_CHECK(!afield_is_reading());
	finish(0);
}

/* The backlog is full, and a reader keeps it so. Returns whether what runs then waits. */
static bool is_waiting(void (*run)(void))
{
	begin();
	append();
	reader.depth = 1;
	reader_park(&reader);
	is_reading = true;
	append();
	append();
	afield_set_backlog_limit(1);
	waits = 0;
	run();
	afield_set_backlog_limit(0);
	if (is_reading)
		reader_leave(&reader);
	is_reading = false;
	return waits > 0;
}

static void load(void)
{
	PyObject *object = NULL;

	meanwhile = clear;
	TEST_CHECK(objects_load(&list, 0, &object) && object && !meanwhile);
	counted_release(object);
}

static void walk(void)
{
	int met = 0;

	TEST_CHECK(objects_walk(&list, edit, &met) == 0 && met == 3);
}

static void append_to_what_is_cleared(void)
{
	meanwhile = clear;
	append();
	TEST_CHECK(!meanwhile);
}

/* Each is the last that lets go of the array. */
static void writers_wait_for_the_backlog(void)
{
	TEST_CHECK(is_waiting(append));
	finish(4);
	TEST_CHECK(is_waiting(append_to_what_is_cleared));
	finish(1);
}

static void readers_do_not_wait(void)
{
	TEST_CHECK(!is_waiting(load));
	finish(0);
	TEST_CHECK(!is_waiting(walk));
	finish(0);
}

/* An edit that comes too late gives its own array back. */
enum { MANY = 2000 };
static PyObject *many[MANY];
static void assign_many(void)
{
	meanwhile = append;
	TEST_CHECK(objects_assign(&list, many, MANY) == 0);
	TEST_CHECK(!meanwhile && objects_count(&list) == MANY);
	objects_fini(&list);
}

static void an_edit_that_is_overtaken_leaves_nothing(void)
{
	begin();
	for (int i = 0; i < MANY; i++)
		many[i] = i ? many[0] : (PyObject *)counted_new();
	given_back(assign_many);
	counted_release(many[0]);
	finish(0);
}

int main(void)
{
	alarm(60); /* who waits in vain does so for the reader */
	TEST_RUN(an_edit_that_is_overtaken_is_made_again);
	TEST_RUN(an_edit_may_find_less_than_before);
	TEST_RUN(a_walk_runs_what_it_calls_outside_of_sections);
	TEST_RUN(writers_wait_for_the_backlog);
	TEST_RUN(readers_do_not_wait);
	TEST_RUN(an_edit_that_is_overtaken_leaves_nothing);
	return test_done();
}
