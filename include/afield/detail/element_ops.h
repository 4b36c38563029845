/* SPDX-License-Identifier: MIT */
/*
 * element_ops: what a container field knows of each of its values.
 *
 * A container (a queue, a stack) copies values in and out byte for byte. Some own something: a
 * struct with a pointer in it, for which the user names a destructor, or a reference to an object
 * of the host, for which there is nothing to name. One constant covers both.
 *
 *	AFIELD_TYPE(jobs, queue, struct job);               bytes
 *	AFIELD_TYPE(jobs, queue, struct job, job_free);     bytes that own something
 *	AFIELD_TYPE(things, queue, PyObject *);             references
 *
 * When to use it: in the generator macro of a kind that holds many values. When not: a kind that
 * holds one value in place has inline_value.h.
 *
 * Whose a value is: of bytes that own something, push hands over what they own, and pop hands it to
 * the caller. Of an object, push takes a reference of the field's own, and pop gives that one to
 * the caller. What is dropped inside, by fini for example, is destroyed.
 *
 * Synchronization: the constant is read by anyone. afield_keep and afield_drop run in the thread
 * that pushes or drops; for objects it is attached to its host.
 */
#ifndef AFIELD_DETAIL_ELEMENT_OPS_H
#define AFIELD_DETAIL_ELEMENT_OPS_H

#include <afield/field.h>
#include <afield/host.h>
#include <afield/detail/type_code.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct afield_element {
	struct afield_value_type value_type;
	void (*destroy)(void *value); /* gives back what the value owns; NULL: nothing */
};

/* The container has copied the value and will own the copy. False: see afield_retain. */
static inline bool afield_keep(const struct afield_element *element, const void *value)
{
	return afield_retain(&element->value_type, value);
}

/* The container's copy ends inside. May run any code: see afield_host. */
static inline void afield_drop(const struct afield_element *element, void *value)
{
	if (element->destroy)
		element->destroy(value);
	else
		afield_release(&element->value_type, value);
}

#ifdef __cplusplus
}
#endif

/*
 * For the generator macro of a kind that takes T and perhaps a destructor, and knows how many of
 * the two it was given (AFIELD__COUNT), behind `typedef T name_value`. It declares `name__element`,
 * a constant struct afield_element.
 */
#define AFIELD_ELEMENT(count, name, T, destructor) \
	AFIELD__JOIN(AFIELD__ELEMENT_, count)(name, T, destructor)
#define AFIELD__ELEMENT_1(name, T, none)                           \
	AFIELD_VALUE_TYPE_DECLARE_KEPT(name, T);                   \
	static const struct afield_element __attribute__((unused)) \
	name##__element = {AFIELD_VALUE_TYPE(name, T), NULL}
#define AFIELD__ELEMENT_2(name, T, destructor)                                         \
	AFIELD_VALUE_TYPE_DECLARE_KEPT(name, T);                                       \
	AFIELD__ASSERT(!AFIELD_IS_OBJECT(name##_value),                                \
		       "afield: '" #name "' holds objects, which need no destructor"); \
	static inline void name##__destroy(void *value)                                \
	{                                                                              \
		destructor((name##_value *)value);                                     \
	}                                                                              \
	static const struct afield_element __attribute__((unused))                     \
	name##__element = {AFIELD_VALUE_TYPE(name, T), name##__destroy}

#endif
