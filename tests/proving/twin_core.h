/* SPDX-License-Identifier: MIT */
/*
 * twin_core: tray_core.h, wrong on purpose, in one of three ways.
 *
 *   -DTRAY_TWIN_TORN     the obvious code: look, then write. Two threads take one object.
 *   -DTRAY_TWIN_RELAXED  the right exchanges without their order. The object arrives before its
 *                        bytes do.
 *   -DTRAY_TWIN_LOCKED   the obvious code behind a spin lock. Every result is right, but a thread
 *                        that stops inside stops everybody, and the header says that nobody waits.
 */
#ifndef TWIN_CORE_H
#define TWIN_CORE_H

#include <afield/ordering.h>

struct tray {
	AFIELD_ATOMIC(void *) there;
	AFIELD_ATOMIC(int) lock; /* of the locked twin */
};

#if defined(TRAY_TWIN_RELAXED)
static inline bool tray__put(struct tray *tray, void *object)
{
	void *none = NULL;

	return AFIELD_COMPARE_EXCHANGE(&tray->there, &none, object, relaxed);
}

static inline void *tray__take(struct tray *tray)
{
	return AFIELD_EXCHANGE(&tray->there, NULL, relaxed);
}
#else
static inline void tray__lock(struct tray *tray)
{
	(void)tray;
#ifdef TRAY_TWIN_LOCKED
	while (AFIELD_EXCHANGE(&tray->lock, 1, seq_cst))
		AFIELD_SPIN();
#endif
}

static inline void tray__unlock(struct tray *tray)
{
	(void)tray;
#ifdef TRAY_TWIN_LOCKED
	AFIELD_STORE(&tray->lock, 0, seq_cst);
#endif
}

static inline bool tray__put(struct tray *tray, void *object)
{
	bool is_empty;

	tray__lock(tray);
	is_empty = AFIELD_LOAD(&tray->there, seq_cst) == NULL;
	if (is_empty)
		AFIELD_STORE(&tray->there, object, seq_cst);
	tray__unlock(tray);
	return is_empty;
}

static inline void *tray__take(struct tray *tray)
{
	void *object;

	tray__lock(tray);
	object = AFIELD_LOAD(&tray->there, seq_cst);
	if (object)
		AFIELD_STORE(&tray->there, NULL, seq_cst);
	tray__unlock(tray);
	return object;
}
#endif

#endif
