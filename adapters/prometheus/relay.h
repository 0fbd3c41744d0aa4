/* To the daemon: the points of a mapping are declared, readings become samples, forecasts become curves. While the
 * daemon is away samples wait in the client's spool; before it has ever numbered the points they are dropped, and so are
 * forecasts at any time that it is away. Says once when the daemon is lost or back. Loop thread. */
#pragma once

#include "prometheus/forecast.h"

struct relay;

struct relay_stats {
	uint64_t samples, missing; /* pushed */
	uint64_t curves;
	uint64_t dropped; /* before the points had numbers */
};

struct relay_options {
	const struct mapping *mapping; /* borrowed */
	const char *path;	       /* of the daemon's socket */
	/* The daemon has numbered the points, after every connection: from here on values are of use to it. */
	void (*ready)(void *arg);
	void *arg;
};

/* Connects. -ENOMEM, ERR_INVALID (the declaration does not fit). */
int relay_new(struct loop *loop, const struct relay_options *options, struct relay **ret);

void relay_push(struct relay *r, const size_t *point, const struct reading *reading, size_t n);
void relay_push_curve(struct relay *r, const struct forecast_curve *c);
void relay_get_stats(const struct relay *r, struct relay_stats *ret);

/* Waits until all is on the daemon's disk, a few seconds at most, then calls closed and frees r. */
void relay_close(struct relay *r, closed_cb closed, void *arg);
