/* SPDX-License-Identifier: MIT */
/*
 * tray_core: the algorithm of tray.h on one word. For tray.h and the litmus programs.
 *
 * The word is the object that lies in the tray, or NULL. Who puts turns NULL into its object, who
 * takes turns whatever is there into NULL, each in one step, so that an object has one owner at any
 * time: who puts it, then the tray, then who took it. The obvious code, a load and then a store, is
 * in twin_core.h: between the two a second thread may do the same, and both have the object.
 *
 * Both steps are seq_cst. Release and acquire would pass the object's bytes on, but a put that
 * fails is only a load: of two threads that empty one tray and then find the other full, both could
 * be looking at the past.
 */
#ifndef TRAY_CORE_H
#define TRAY_CORE_H

#include <afield/ordering.h>

struct tray {
	AFIELD_ATOMIC(void *) there; /* written by everybody, by exchange alone */
};

/*
 * Lays the object into the empty tray. It linearizes at the exchange, failed or not.
 * Its release half pairs with the exchange of tray__take: weaker, who takes the object may see
 * bytes from before they were written.
 */
static inline bool tray__put(struct tray *tray, void *object)
{
	void *none = NULL;

	return AFIELD_COMPARE_EXCHANGE(&tray->there, &none, object, seq_cst);
}

/* Takes what is there, or NULL. It linearizes at the exchange, which pairs with that of put. */
static inline void *tray__take(struct tray *tray)
{
	return AFIELD_EXCHANGE(&tray->there, NULL, seq_cst);
}

#endif
