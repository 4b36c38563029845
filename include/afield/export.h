/*
 * export: which functions the shared library shows. Everything else in it is hidden.
 */
#ifndef AFIELD_EXPORT_H
#define AFIELD_EXPORT_H

#define AFIELD_EXPORT __attribute__((visibility("default")))

#endif
