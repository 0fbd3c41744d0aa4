/* Reading a JSON document by tables: each member of an object is a row that says its type, its limits and where it
 * goes. Every complaint names its place ("variants[1].data.storages[0].eta_c") and what is allowed there; a member
 * that no row names is refused, for a misspelt limit must not become no limit. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

#define JREAD_MAX_BYTES ((size_t)64 << 20)
/* Numbers beyond this are refused: sums of products of them would lose what a price or a watt is. */
#define JREAD_MAX_NUMBER 1e12

/* A value and where it stands. */
struct at {
	json_t *value; /* borrowed */
	char path[160];
};

enum member_kind {
	MEMBER_NUMBER, /* double */
	MEMBER_COUNT,  /* int, -1 if absent and not required */
	MEMBER_BOOL,   /* bool; true, false, 1 or 0 */
	MEMBER_TEXT,   /* const char *, in the arena; NULL if absent */
	MEMBER_CHOICE, /* int, index into choices */
	MEMBER_SERIES, /* double *, one per step; a number stands for a constant series */
	MEMBER_LIMITS, /* the same, where null or absence is no limit: `otherwise` */
	MEMBER_FLAGS,  /* bool *, one per step; absent = all true */
	MEMBER_LIST,   /* an array, read by its own table: here only that it is one */
	MEMBER_ANY,    /* for people or for others: not read */
};

struct member {
	const char *key;
	enum member_kind kind;
	size_t offset; /* in the structure that is filled; not of LIST and ANY */
	bool required;
	double lo, hi;	     /* of numbers, counts and series, both included */
	double otherwise;    /* where it is absent, of numbers and series */
	const char *choices; /* "eq ge le" */
};

struct jread {
	struct arena *arena;
	struct fault *fault;
	int n; /* steps of a series */
};

/* Sets the fault "path: text"; returns ERR_INVALID. */
int at_fault(const struct jread *jr, const struct at *at, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The member or element; value is NULL if there is none. */
void at_member(const struct at *of, const char *key, struct at *ret);
void at_element(const struct at *of, size_t i, struct at *ret);

/* Fills `into` by the table. 0, -ENOMEM, ERR_INVALID. */
int jread_object(const struct jread *jr, const struct at *at, const struct member *members,
		 size_t n_members, void *into);

/* Length of the list `key` of an object, 0 if it is absent. ERR_INVALID beyond max. */
int jread_list(const struct jread *jr, const struct at *of, const char *key, int max, int *ret_n);

/* The member `key` must be this text; ERR_INVALID. */
int jread_word(const struct jread *jr, const struct at *of, const char *key, const char *word);

/* Reads a whole stream as one JSON object, without duplicate members. -errno, -ENOMEM, ERR_FULL (more than
 * JREAD_MAX_BYTES), ERR_MALFORMED (with line and column). *ret is to be released with json_decref(). */
int jread_stream(FILE *in, struct fault *f, json_t **ret);
