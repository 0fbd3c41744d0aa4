/* CSV files as adapters get them: the first line names the columns, a few of which are wanted. Fields may be quoted
 * (RFC 4180, but for line ends inside quotes), lines end in LF or CRLF, a byte order mark is skipped, blank lines are
 * skipped. Every fault is told with file and line. Reads a file: not pure. */
#pragma once

#include "base/err.h"
#include "base/slot.h"

#define CSVTABLE_FILE_MAX_B ((size_t)64 << 20)
#define CSVTABLE_COLUMNS_MAX 256 /* of a file */
#define CSVTABLE_WANTED_MAX 8

/* Valid during the call. */
struct csvtable_row {
	const char *path;
	size_t line;		  /* from 1 */
	const char *const *field; /* one per wanted column, in the order asked for */
	struct fault *fault;
};

struct csvtable_want {
	const char *const *column; /* names */
	size_t n;		   /* 1 … CSVTABLE_WANTED_MAX */
	/* For each row, in the order of the file. 0, or a code that ends the reading. */
	int (*row)(void *arg, const struct csvtable_row *row);
	void *arg;
};

/* 0; what row() said; -errno (no such file …); ERR_NOTFOUND (no such column), ERR_MALFORMED (no text, too few columns,
 * an open quote), ERR_FULL. */
int csvtable_read(const char *path, const struct csvtable_want *want, struct fault *f);
/* The same from a text (which is changed); `path` is for messages. */
int csvtable_parse(const char *path, char *text, const struct csvtable_want *want, struct fault *f);

/* For row(): "path:line: what 'text'". Returns code. */
int csvtable_complain(const struct csvtable_row *row, int code, const char *what, const char *text);

/* A time such as 2025-07-15T00:15Z, or without a zone a local one of `zone`: of one that occurs twice there the first;
 * one that a forward jump skips is ERR_INVALID, for the declared zone cannot be that of the file. */
int csvtable_time(const struct csvtable_row *row, const char *text, const struct zone *zone,
		  int64_t *ret_ms);
