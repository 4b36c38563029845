/* SPDX-License-Identifier: MIT */
/*
 * tray: hands an object from one thread to another. It holds one object or none.
 *
 * When to use it: for the next job, the newest report, a spare buffer: one thing that somebody will
 * take. When not: where the one who puts must not be refused (a queue), or where many look at the
 * object and nobody takes it (rcu).
 *
 *                  [1] [2] [3]
 *   [1] put         -   -   X
 *   [2] take        -   -   X      (- runs concurrently, X needs the caller's own exclusion)
 *   [3] fini        X   X   X
 *
 * This is the worked example of README.md beside it. With -DTRAY_TWIN_TORN, _RELAXED or _LOCKED it
 * is broken.
 */
#ifndef TRAY_H
#define TRAY_H

#include <afield/detail/type_code.h>
#include <afield/field.h>
#include <afield/ordering.h>

#if defined(TRAY_TWIN_TORN) || defined(TRAY_TWIN_RELAXED) || defined(TRAY_TWIN_LOCKED)
#include "twin_core.h"
#else
#include "tray_core.h"
#endif

#define AFIELD_KIND_tray (TRAY)

/*
 * AFIELD_TYPE(name, tray, T, destroy), where destroy(T *) gives one object back declares
 *   bool name_put(name *, T *)    lays the object into the tray
 *   T *name_take(name *)          takes it out
 *   void name_fini(name *)        destroys what is still there
 *   const struct afield_type *name_type(void)
 *
 * put: the object belongs to the tray, if it can.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: seq_cst.
 *   Returns false when there is an object already; the caller then keeps its own.
 * take: the object belongs to the caller.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: seq_cst.
 *   Returns NULL when the tray is empty.
 * fini: leaves an empty tray.
 *   Concurrent with it: nothing. Progress: that of destroy. Ordering: none of its own. Never fails.
 */
#define TRAY(name, T, destroy)                                                          \
	typedef T name##_value;                                                         \
	typedef struct name {                                                           \
		struct tray tray;                                                       \
	} name;                                                                         \
	static inline bool name##_put(name *field, name##_value *object)                \
	{                                                                               \
		return tray__put(&field->tray, object);                                 \
	}                                                                               \
	static inline name##_value *name##_take(name *field)                            \
	{                                                                               \
		return (name##_value *)tray__take(&field->tray);                        \
	}                                                                               \
	static inline void name##_fini(name *field)                                     \
	{                                                                               \
		name##_value *object = name##_take(field);                              \
		if (object)                                                             \
			destroy(object);                                                \
	}                                                                               \
	static inline void name##_fini_row(const struct afield_type *type, void *field) \
	{                                                                               \
		(void)type;                                                             \
		name##_fini((name *)field);                                             \
	}                                                                               \
	AFIELD_TYPE_TABLE(name, "tray", AFIELD_VALUE_NONE, AFIELD_IS_HOT, NULL, NULL,   \
			  name##_fini_row, NULL, 0, NULL, NULL)

#endif
