/* SPDX-License-Identifier: MIT */
/*
 * Containers of objects in a process without a host: whatever would keep one refuses, keeps nothing
 * and is as it was. What has nothing to keep works. Then a host comes, and all of them work; every
 * reference that was taken is given back.
 */
#include <afield/list.h>
#include <afield/map.h>
#include <afield/queue.h>
#include <afield/ring.h>
#include <afield/stack.h>

#include "test.h"

#include <errno.h>

struct _object { /* an interpreter's object, as far as afield knows one */
	long references;
};
typedef struct _object PyObject;
typedef PyObject *object;

AFIELD_TYPE(objects_queue, queue, PyObject *);
AFIELD_TYPE(objects_stack, stack, PyObject *);
AFIELD_TYPE(objects_ring, ring, PyObject *, 4);
AFIELD_TYPE(objects_list, list, PyObject *);
AFIELD_TYPE(objects_map, map, int64_t, PyObject *);
AFIELD_TYPE(numbers_queue, queue, long);

static struct _object thing = {1};

static void *detach(void)
{
	return NULL;
}
static void attach(void *token)
{
	(void)token;
}
static void hold(void *it)
{
	((object)it)->references++;
}
static bool try_hold(void *it)
{
	((object)it)->references++;
	return true;
}
static void release(void *it)
{
	((object)it)->references--;
}

static int call_push(const struct afield_type *type, void *field)
{
	const void *arguments[3] = {NULL, NULL, NULL};
	object it = &thing;

	arguments[0] = &it;
	return type->verbs[0].call(type, field, NULL, arguments);
}

static void queues_refuse(void)
{
	static objects_queue queue;
	static objects_stack stack;
	object got = NULL;

	TEST_CHECK(objects_queue_push(&queue, &thing) == -ENOTSUP);
	TEST_CHECK(call_push(objects_queue_type(), &queue) == -ENOTSUP);
	TEST_CHECK(objects_queue_count(&queue) == 0 && !objects_queue_pop(&queue, &got));
	TEST_CHECK(objects_queue_pop_wait(&queue, &got, NULL) == -ENOTSUP);
	objects_queue_fini(&queue);

	TEST_CHECK(objects_stack_push(&stack, &thing) == -ENOTSUP);
	TEST_CHECK(call_push(objects_stack_type(), &stack) == -ENOTSUP);
	TEST_CHECK(objects_stack_is_empty(&stack) && !objects_stack_pop(&stack, &got));
	objects_stack_fini(&stack);
	TEST_CHECK(thing.references == 1 && !got);
}

static void rings_refuse(void)
{
	static objects_ring ring;
	object got = NULL;

	TEST_CHECK(objects_ring_push(&ring, &thing) == -ENOTSUP);
	TEST_CHECK(objects_ring_push_wait(&ring, &thing, NULL) == -ENOTSUP);
	TEST_CHECK(call_push(objects_ring_type(), &ring) == -ENOTSUP);
	TEST_CHECK(objects_ring_pop_wait(&ring, &got, NULL) == -ENOTSUP);
	TEST_CHECK(!objects_ring_pop(&ring, &got) && objects_ring_count(&ring) == 0);
	objects_ring_fini(&ring);
	TEST_CHECK(thing.references == 1 && !got);
}

static void lists_refuse(void)
{
	static objects_list list;
	object it = &thing, got = NULL;

	TEST_CHECK(objects_list_append(&list, it) == -ENOTSUP);
	TEST_CHECK(objects_list_insert(&list, 0, it) == -ENOTSUP);
	TEST_CHECK(objects_list_assign(&list, &it, 1) == -ENOTSUP);
	objects_list_clear(&list);
	TEST_CHECK(objects_list_count(&list) == 0);
	TEST_CHECK(objects_list_erase(&list, 0, &got) == -ERANGE);
	objects_list_fini(&list);
	TEST_CHECK(thing.references == 1 && !got);
}

static void maps_refuse(void)
{
	static objects_map map;
	object got = NULL, expected = &thing;

	TEST_CHECK(objects_map_set(&map, 1, &thing) == -ENOTSUP);
	TEST_CHECK(objects_map_exchange(&map, 1, &thing, &got) == -ENOTSUP);
	TEST_CHECK(objects_map_get_or_insert(&map, 1, &thing, &got) == -ENOTSUP);
	TEST_CHECK(objects_map_compare_exchange(&map, 1, &expected, &thing) == -ENODATA);
	TEST_CHECK(!objects_map_load(&map, 1, &got) && objects_map_count(&map) == 0);
	objects_map_fini(&map);
	TEST_CHECK(thing.references == 1 && !got);
}

/* A host that has no objects is none for them. */
static void other_values_are_kept(void)
{
	static numbers_queue queue;
	long got = 0;

	TEST_CHECK(numbers_queue_push(&queue, 7) == 0 && numbers_queue_pop(&queue, &got) &&
		   got == 7);
	numbers_queue_fini(&queue);
	TEST_CHECK(!afield_has_host());
}

static void with_a_host_they_keep(void)
{
	static const struct afield_host host = {detach,   attach,  NULL, hold,
						try_hold, release, NULL};
	static objects_queue queue;
	static objects_stack stack;
	static objects_ring ring;
	static objects_list list;
	static objects_map map;

	TEST_CHECK(afield_set_host(&host) && afield_has_host());
	TEST_CHECK(objects_queue_push(&queue, &thing) == 0 &&
		   objects_stack_push(&stack, &thing) == 0);
	TEST_CHECK(objects_ring_push(&ring, &thing) == 0 &&
		   objects_list_append(&list, &thing) == 0 &&
		   objects_map_set(&map, 1, &thing) == 0);
	TEST_CHECK(thing.references == 6);
	objects_queue_fini(&queue);
	objects_stack_fini(&stack);
	objects_ring_fini(&ring);
	objects_list_fini(&list);
	objects_map_fini(&map);
	TEST_CHECK(thing.references == 1);
}

/* NULL is no object: no host could show it, and a collector would not look for it. */
static void none_of_them_keeps_null(void)
{
	static objects_queue queue;
	static objects_stack stack;
	static objects_ring ring;
	static objects_list list;
	static objects_map map;
	object some[3] = {&thing, NULL, &thing}, none = NULL, got = NULL;
	const void *arguments[3] = {&none, NULL, NULL};
	const struct afield_view *view = objects_list_type()->binding->view;

	TEST_CHECK(objects_queue_push(&queue, NULL) == -EINVAL &&
		   objects_stack_push(&stack, NULL) == -EINVAL);
	TEST_CHECK(objects_ring_push(&ring, NULL) == -EINVAL);
	TEST_CHECK(objects_ring_push_wait(&ring, NULL, NULL) == -EINVAL);
	TEST_CHECK(objects_queue_type()->verbs[0].call(objects_queue_type(), &queue, NULL,
						       arguments) == -EINVAL);
	TEST_CHECK(objects_stack_type()->verbs[0].call(objects_stack_type(), &stack, NULL,
						       arguments) == -EINVAL);
	TEST_CHECK(objects_ring_type()->verbs[0].call(objects_ring_type(), &ring, NULL,
						      arguments) == -EINVAL);
	TEST_CHECK(objects_map_set(&map, 1, NULL) == -EINVAL);
	TEST_CHECK(objects_map_get_or_insert(&map, 1, NULL, &got) == -EINVAL);
	TEST_CHECK(objects_map_set(&map, 1, &thing) == 0);
	got = &thing;
	TEST_CHECK(objects_map_exchange(&map, 1, NULL, &none) == -EINVAL && !none);
	TEST_CHECK(objects_map_compare_exchange(&map, 1, &got, NULL) == -EINVAL);
	TEST_CHECK(objects_list_append(&list, NULL) == -EINVAL);
	TEST_CHECK(objects_list_append(&list, &thing) == 0);
	TEST_CHECK(objects_list_insert(&list, 0, NULL) == -EINVAL);
	TEST_CHECK(objects_list_exchange(&list, 0, NULL, &none) == -EINVAL && !none);
	TEST_CHECK(objects_list_assign(&list, some, 3) == -EINVAL);
	TEST_CHECK(view->splice(objects_list_type(), &list, 0, 1, some, 3) == -EINVAL);
	TEST_CHECK(view->replace(objects_list_type(), &list, some, 3) == -EINVAL);
	TEST_CHECK(objects_queue_count(&queue) == 0 && objects_stack_is_empty(&stack) &&
		   objects_ring_count(&ring) == 0 && objects_list_count(&list) == 1 &&
		   objects_map_count(&map) == 1);
	TEST_CHECK(thing.references == 3);
	objects_ring_fini(&ring);
	objects_list_fini(&list);
	objects_map_fini(&map);
	TEST_CHECK(thing.references == 1);
}

int main(void)
{
	TEST_RUN(queues_refuse);
	TEST_RUN(rings_refuse);
	TEST_RUN(lists_refuse);
	TEST_RUN(maps_refuse);
	TEST_RUN(other_values_are_kept);
	TEST_RUN(with_a_host_they_keep);
	TEST_RUN(none_of_them_keeps_null);
	return test_done();
}
