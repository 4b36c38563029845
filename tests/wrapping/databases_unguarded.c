/* SPDX-License-Identifier: MIT */
/*
 * databases_unguarded: the module databases, with the lock left out. A control: what the tests do
 * with databases must fail here.
 */
#include <afield/python.h>

#include "unguarded.h"

#define DATABASES_NAME databases_unguarded
#include "databases.c"
