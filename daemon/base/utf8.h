/* The little of UTF-8 that whoever cuts or shows foreign text needs (RFC 3629). Pure; any thread. */
#pragma once

#include "base/base.h"

/* Length of the character at s if it is well-formed UTF-8 and may be shown as it is; 0 for control characters
 * (C0, DEL, C1, line and paragraph separators, bidirectional overrides), malformed bytes, and the NUL. */
size_t utf8_printable(const char *s);

/* The largest length <= n at which s (at least n bytes long) can be cut without splitting a character. */
size_t utf8_cut(const char *s, size_t n);
