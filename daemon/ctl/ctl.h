/* What the commands share: the connection, calls whose failures are said, the zone and the time, output. One
 * command is run by one struct ctl; one thread. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "ctl/args.h"
#include "ctl/out.h"
#include "proto/client_sync.h"

#define CTL_SOCKET_DEFAULT "/run/suandian/control.sock"
/* Of the commands that speak as an adapter. */
#define CTL_ADAPTER_SOCKET "/run/suandian/adapter.sock"
#define CTL_TIMEOUT_DEFAULT_MS (30 * MS_PER_S)

enum ctl_exit {
	CTL_OK = 0,
	CTL_REFUSED = 1, /* by the daemon; or what was to be verified does not hold */
	CTL_USAGE = 2,
	CTL_UNREACHABLE = 3, /* no daemon there, or no answer in time */
};

struct ctl {
	const struct command_table *table;
	struct args args;
	struct out out, err;
	bool json;
	bool quiet; /* what the daemon refuses is not said */
	const char *socket;
	int64_t timeout_ms;
	const char *default_zone; /* --timezone, NULL = of the site */

	struct arena arena; /* answers live here to the end of the command */
	struct client_sync *sync;
	const Suandian__V1__SiteList *sites;
	const struct zone *zone; /* times are read and printed in it */
	int64_t now_ms;		 /* engine time when the connection was made */
};

/* ---- Saying what went wrong --------------------------------------------------------------------- */

/* Prints it on stderr (as JSON with --json) and returns the exit status that fits the code. */
int ctl_fail(const struct ctl *c, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A mistake in the command line; returns CTL_USAGE. */
int ctl_usage(const struct ctl *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- Asking the daemon ---------------------------------------------------------------------------- */

/* Connects with the role that the command needs, learns the sites, and settles the zone: --timezone, else that of
 * the site that `thing` ("hongyuan", "hongyuan/bess"; NULL = the first site) belongs to. CTL_OK or an exit status. */
int ctl_connect(struct ctl *c, const char *thing);

/* Asks; the answer must be of the kind `expected` (SUANDIAN__V1__ENVELOPE__BODY_…) and lives as long as c.
 * CTL_OK or an exit status. */
int ctl_call(struct ctl *c, Suandian__V1__Envelope *request, int expected,
	     const Suandian__V1__Envelope **ret);
/* Streams: ctl_next() gives 1 with the next part (valid until the next call), 0 at the end, else the negative
 * exit status. */
int ctl_stream(struct ctl *c, Suandian__V1__Envelope *request);
int ctl_next(struct ctl *c, int expected, const Suandian__V1__Envelope **ret);

/* The site of that id, or that the asset or point belongs to; NULL. */
const Suandian__V1__SiteInfo *ctl_site(const struct ctl *c, const char *thing);
const Suandian__V1__AssetInfo *ctl_asset(const struct ctl *c, const char *id);

/* ---- Reading options ------------------------------------------------------------------------------ */

/* The time given, or `otherwise`. */
int64_t ctl_time(const struct ctl *c, enum option_id id, int64_t otherwise);
/* Is `to` after `from`? Else says so and returns CTL_USAGE. */
int ctl_check_interval(const struct ctl *c, int64_t from_ms, int64_t to_ms);

/* ---- Output ---------------------------------------------------------------------------------------- */

/* Prints the value on stdout, indented, and drops the reference. CTL_OK, or CTL_REFUSED where memory is out. */
int ctl_print_json(const struct ctl *c, json_t *root);
/* The same in one line, at once: for streams. */
int ctl_print_json_line(const struct ctl *c, json_t *root);
