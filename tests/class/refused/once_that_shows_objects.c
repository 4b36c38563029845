/* SPDX-License-Identifier: MIT */
/* afield: 'callback_once' is once and cannot give up objects that its readers may use; take locked or rcu */
#include <afield/once.h>

struct callback {
	void *function;
};
static inline void callback_free(struct callback *callback)
{
	callback->function = NULL;
}
#ifndef TWIN
static inline int callback_visit(struct callback *callback,
				 int (*visit)(void *object, void *argument), void *argument)
{
	return callback->function ? visit(callback->function, argument) : 0;
}
AFIELD_TYPE(callback_once, once, struct callback, callback_free, callback_visit); /* here */
#else
AFIELD_TYPE(callback_once, once, struct callback, callback_free);
#endif
