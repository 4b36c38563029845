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

#include <afield/detail/export.h>
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

/* That of a field type whose `detail` it is. */
static inline const struct afield_element *afield_element_of(const struct afield_type *type)
{
	return (const struct afield_element *)type->detail;
}

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
#define AFIELD_ELEMENT(count, name, T, destructor)                                     \
	AFIELD_VALUE_TYPE_DECLARE_KEPT(name, T);                                       \
	AFIELD__ASSERT((count) == 1 || !AFIELD_IS_OBJECT(name##_value),                \
		       "afield: '" #name "' holds objects, which need no destructor"); \
	AFIELD__DESTROY(count, name, destructor);                                      \
	AFIELD__CONSTANT(struct afield_element name##__element) = {                    \
		AFIELD_VALUE_TYPE(name, T), AFIELD_UNLESS_OWNED(count, NULL, name##__destroy)}

/*
 * The functions behind the operations below, on the struct `words`, and what the table points to.
 * `value` points to a T. each calls visit for each object inside, until it returns something else
 * than 0, and returns that.
 */
#define AFIELD_CONTAINER_FUNCTIONS(kind, words)                                                    \
	AFIELD_EXPORT int afield__##kind##_push(words *kind, const struct afield_element *element, \
						const void *value);                                \
	AFIELD_EXPORT bool afield__##kind##_pop(words *kind, const struct afield_element *element, \
						void *value);                                      \
	AFIELD_EXPORT void afield__##kind##_fini(words *kind,                                      \
						 const struct afield_element *element);            \
	AFIELD_EXPORT int afield__##kind##_each(                                                   \
		const words *kind, int (*visit)(void *object, void *argument), void *argument);    \
	AFIELD_EXPORT void afield__##kind##_table_fini(const struct afield_type *type,             \
						       void *field);                               \
	AFIELD_EXPORT extern const struct afield_verb afield__##kind##_verbs[];                    \
	AFIELD_EXPORT extern const struct afield_host_binding afield__##kind##_of_values;          \
	AFIELD_EXPORT extern const struct afield_host_binding afield__##kind##_of_objects

/*
 * The operations that every such container has, and its table. `kind` is the member of the field
 * and part of the functions' names; is_empty and count are functions that get the member.
 */
#define AFIELD_CONTAINER_OPERATIONS(name, kind, is_empty, count)                                \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_push(name *field, name##_value value),     \
		       return afield__##kind##_push(&field->kind, &name##__element, &value));   \
	AFIELD__INLINE(bool name##_pop(name *field, name##_value *value),                       \
		       return afield__##kind##_pop(&field->kind, &name##__element, value));     \
	AFIELD__INLINE(bool name##_is_empty(const name *field), return is_empty(&field->kind)); \
	AFIELD__INLINE(size_t name##_count(const name *field), return count(&field->kind));     \
	AFIELD__INLINE(void name##_fini(name *field),                                           \
		       afield__##kind##_fini(&field->kind, &name##__element))
#define AFIELD_CONTAINER_TABLE(name, T, kind, verb_count)                                     \
	AFIELD_TYPE_TABLE(name, #kind, AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT, NULL, NULL, \
			  afield__##kind##_table_fini, afield__##kind##_verbs, verb_count,    \
			  &name##__element,                                                   \
			  AFIELD_IS_OBJECT(name##_value) ? &afield__##kind##_of_objects       \
							 : &afield__##kind##_of_values)

#endif
