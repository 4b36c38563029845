/* SPDX-License-Identifier: MIT */
/*
 * export: which functions the shared library shows. Everything else in it is hidden.
 */
#ifndef AFIELD_DETAIL_EXPORT_H
#define AFIELD_DETAIL_EXPORT_H

#define AFIELD_EXPORT __attribute__((visibility("default")))

#endif
