/* SPDX-License-Identifier: MIT */
/*
 * shared: the unit that defines the class.
 */
#include "shared.h"

AFIELD_CLASS_DEFINE(door, DOOR);
