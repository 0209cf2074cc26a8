#include "json_scan.h"

#include <string.h>

static const char *blank(const char *at, const char *end) {
    while (at < end && strchr(" \t\r\n", *at)) at++;
    return at;
}

/* Past the string that begins at `at`; NULL where it does not end. */
static const char *past_string(const char *at, const char *end) {
    for (at++; at < end; at++) {
        if (*at == '\\') at++;
        else if (*at == '"') return at + 1;
    }
    return NULL;
}

/* Past the value that begins at `at`; NULL where it does not end. */
static const char *past_value(const char *at, const char *end) {
    int depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = past_string(at, end);
            if (!at) return NULL;
        } else if (*at == '{' || *at == '[') {
            depth++, at++;
        } else if (*at == '}' || *at == ']') {
            if (depth == 0) return at;
            depth--, at++;
        } else if (depth == 0 && (*at == ',' || strchr(" \t\r\n", *at))) {
            return at;
        } else {
            at++;
            continue;
        }
        if (depth == 0) return at;
    }
    return depth == 0 ? at : NULL;
}

dmp_span dmp_member(dmp_span object, const char *name) {
    dmp_span none = {NULL, 0};
    if (!object.at) return none;
    const char *end = object.at + object.size, *at = blank(object.at, end);
    size_t length = strlen(name);
    if (at == end || *at++ != '{') return none;
    while ((at = blank(at, end)) < end && *at == '"') {
        const char *key = at + 1, *after = past_string(at, end);
        if (!after) return none;
        int found = (size_t)(after - 1 - key) == length && memcmp(key, name, length) == 0;
        at = blank(after, end);
        if (at == end || *at++ != ':') return none;
        const char *value = blank(at, end);
        at = past_value(value, end);
        if (!at) return none;
        if (found) return (dmp_span){value, (size_t)(at - value)};
        at = blank(at, end);
        if (at == end || *at++ != ',') return none;
    }
    return none;
}
