#include "json_scan.h"

#include <stdlib.h>
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

/* The four digits behind `\u`. */
static unsigned long digits(const char *at, const char *end) {
    char four[5] = "";
    if (end - at >= 4) memcpy(four, at, 4);
    return strtoul(four, NULL, 16);
}

static char *utf8(char *to, unsigned long code) {
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char FIRST[] = {0x00, 0xC0, 0xE0, 0xF0};
    *to++ = (char)(FIRST[more] | (code >> 6 * more));
    while (more--) *to++ = (char)(0x80 | (code >> 6 * more & 0x3F));
    return to;
}

char *dmp_unquoted(dmp_span value) {
    static const char NAMES[] = "nrtbf", MEANT[] = "\n\r\t\b\f";
    char *text = value.at ? malloc(value.size + 1) : NULL, *to = text;
    if (!text) return NULL;
    const char *at = value.at, *end = at + value.size;
    int quoted = value.size > 1 && *at == '"';
    if (quoted) at++, end--;
    while (at < end) {
        if (!quoted || *at != '\\' || at + 1 == end) {
            *to++ = *at++;
        } else if (at[1] == 'u') {
            unsigned long code = digits(at + 2, end), low = 0;
            at += end - at < 6 ? end - at : 6;
            if (code >= 0xD800 && code < 0xDC00 && end - at >= 6 && at[1] == 'u') low = digits(at + 2, end);
            if (low >= 0xDC00 && low < 0xE000) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                at += 6;
            }
            to = utf8(to, code);
        } else {
            const char *name = strchr(NAMES, at[1]);
            *to++ = name && *name ? MEANT[name - NAMES] : at[1];
            at += 2;
        }
    }
    *to = 0;
    return text;
}
