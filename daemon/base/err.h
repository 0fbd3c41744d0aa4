/* One error domain: 0 is success, -errno for the system's, own codes from -1000 down.
 * Codes of libraries (LMDB, protobuf-c, curl, CLP) are translated once, in the wrapper of that library. */
#pragma once

#include <errno.h>
#include <stdarg.h>

#include "base/base.h"

/* code, number, stable short name (goes over the wire and into logs), text for people */
#define ERR_LIST(X)                                                                                \
	X(ERR_MALFORMED, -1000, "MALFORMED", "input cannot be decoded")                            \
	X(ERR_INVALID, -1001, "INVALID", "a value is outside what is allowed")                     \
	X(ERR_VERSION, -1002, "VERSION", "version not supported")                                  \
	X(ERR_UNIMPLEMENTED, -1003, "UNIMPLEMENTED", "this daemon does not know the request")      \
	X(ERR_DENIED, -1004, "DENIED", "the caller's role does not allow it")                      \
	X(ERR_NOTFOUND, -1005, "NOT_FOUND", "no such thing")                                       \
	X(ERR_EXISTS, -1006, "EXISTS", "exists already with other contents")                       \
	X(ERR_STALE, -1007, "STALE", "older than what is known")                                   \
	X(ERR_FULL, -1008, "FULL", "a limit of the daemon is reached")                             \
	X(ERR_INFEASIBLE, -1009, "INFEASIBLE", "no plan can satisfy the limits")                   \
	X(ERR_CANCELED, -1010, "CANCELED", "cancelled before it finished")                         \
	X(ERR_TIMEOUT, -1011, "TIMEOUT", "took too long")                                          \
	X(ERR_STORE, -1012, "STORE", "the store refused or lost a write")                          \
	X(ERR_CORRUPT, -1013, "CORRUPT", "stored data fails its check")                            \
	X(ERR_STATE, -1014, "STATE", "not allowed in the present state")                           \
	X(ERR_SOLVER, -1015, "SOLVER", "the solver failed")                                        \
	X(ERR_CLOCK, -1016, "CLOCK", "the clock is not driven, or claimed by another")             \
	X(ERR_CLOSED, -1017, "CLOSED", "the connection is closed")                                 \
	X(ERR_NODATA, -1018, "NO_DATA", "the data needed is missing")

enum err {
#define X(id, number, name, text) id = (number),
	ERR_LIST(X)
#undef X
};

/* Short stable name ("INVALID", "ENOENT"); never NULL, "UNKNOWN" for an unknown code. Any thread. */
const char *err_name(int code);

/* Text for people; never NULL. Any thread. */
const char *err_text(int code);

/* An error for a human reader: filled innermost first, prefixed on the way out
 * ("sichuan.yaml:31:7: sites[0].storage[1]: soc_min is above soc_max"). code == 0 means no fault. */
struct fault {
	int code;
	char text[240];
};

/* Sets *f and returns code, so that callers can write: return fault_set(f, ERR_INVALID, "…", …);
 * f may be NULL. Text that does not fit is cut and ends in "…". */
int fault_set(struct fault *f, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Puts "prefix: " in front of the text; no-op if f is NULL or carries no fault. Returns f->code, or 0 if f is
 * NULL: where f may be NULL, return your own code. */
int fault_prefix(struct fault *f, const char *fmt, ...) PRINTF_LIKE(2, 3);
