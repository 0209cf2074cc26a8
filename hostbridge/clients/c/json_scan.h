/* Finds values in JSON that the bridge or the host wrote, without reading more of it than that. */
#ifndef DMP_JSON_SCAN_H
#define DMP_JSON_SCAN_H

#include <stddef.h>

typedef struct {
    const char *at; /* NULL: not there */
    size_t size;
} dmp_span;

/* The value of a member of an object, as it is written: `"text"`, `12`, `{...}`. */
dmp_span dmp_member(dmp_span object, const char *name);

/* A value as a text of its own, to be freed: a string without its quotes, in UTF-8; any other as it is written; NULL
 * where there is none. */
char *dmp_unquoted(dmp_span value);

#endif
