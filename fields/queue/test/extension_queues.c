/* SPDX-License-Identifier: MIT */
/*
 * queues: a class with queues of objects, of records and of numbers, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/queue.h>

#define CONTAINER_KIND queue
#include "container_server.h"

AFIELD_PYTHON_MODULE(queues, container_exec, container_functions, "A class with queues");
