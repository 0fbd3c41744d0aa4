/* Pieces of Prometheus' texts: names, quoted strings, numbers. A cursor over bytes that need no NUL at the end. Pure. */
#pragma once

#include "base/err.h"

struct scan {
	const char *p, *end;
};

void scan_blanks(struct scan *s); /* spaces and tabs */
/* Takes c if it is next. */
bool scan_char(struct scan *s, char c);

/* [a-zA-Z_][a-zA-Z0-9_]*, with ':' too where colons are allowed, into out with a NUL. 0; ERR_MALFORMED (none here),
 * ERR_FULL (n is too small). */
int scan_name(struct scan *s, bool colons, char *out, size_t n);

/* "…" with \\ \" and \n escaped, into out with a NUL; *ret_n (may be NULL) is its length. ERR_MALFORMED: not quoted, not
 * closed, a NUL or a line end inside, an unknown escape; ERR_FULL. */
int scan_quoted(struct scan *s, char *out, size_t n, size_t *ret_n);

/* Up to the next blank or the end: a float as Go prints it, NaN, +Inf, -Inf and Inf included. ERR_MALFORMED. */
int scan_number(struct scan *s, double *ret);
/* The same for a whole text. */
int scan_parse_number(const char *text, double *ret);
/* Up to the next blank or the end: whole milliseconds since 1970. ERR_MALFORMED. */
int scan_time_ms(struct scan *s, int64_t *ret_ms);
