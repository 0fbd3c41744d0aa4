/* From messages to the model: the one place where what a client says is validated. Lengths of columns, order of
 * indexes, finite numbers, enum ranges, UTF-8, ids, times, known points. Strings of free text that are too long are
 * cut; names that are too long are refused.
 *
 * All return 0 or ERR_INVALID (ERR_FULL where a size is the reason) with the refusal filled; *ret is then undefined.
 * Columns live in the arena. Pure. */
#pragma once

#include "api/refusal.h"
#include "base/arena.h"
#include "model/curve.h"
#include "model/decision.h"
#include "model/event.h"
#include "model/point.h"
#include "model/sample.h"
#include "suandian/v1/decision.pb-c.h"
#include "suandian/v1/event.pb-c.h"
#include "suandian/v1/observe.pb-c.h"

struct layout {
	size_t n;
	uint32_t *point;
};

/* What samples are held against. */
struct bounds {
	uint32_t n_points; /* known ids are 1…n_points */
	int64_t now_ms;	   /* engine time */
};

/* A name of ours ([a-z0-9_.-]+, parts joined by '/'), not empty, into out. */
int map_in_name(struct refusal *r, const char *field, const char *s, char out[NAME_MAX_B]);
int map_in_id(struct refusal *r, const char *field, const char *s, char out[ID_MAX]);
/* "site/asset" */
int map_in_asset(struct refusal *r, const char *field, const char *s, char out[2 * ID_MAX]);
/* An id of somebody else's: any clean text, not empty, of less than cap bytes. */
int map_in_foreign_id(struct refusal *r, const char *field, const char *s, size_t cap, char *out);
/* Free text for people, may be empty; cut at cap. */
int map_in_note(struct refusal *r, const char *field, const char *s, size_t cap, char *out);
/* From 1970 to 2200. */
int map_in_time(struct refusal *r, const char *field, int64_t t_ms);
/* [from, to), to == 0: no bound, which becomes the last time there is. */
int map_in_span(struct refusal *r, int64_t from_ms, int64_t to_ms, int64_t *ret_to_ms);

/* decls[n] in the arena. */
int map_in_decls(struct refusal *r, const Suandian__V1__DeclarePoints *m, struct arena *a,
		 struct point_decl **ret);
int map_in_layout(struct refusal *r, const Suandian__V1__RegisterLayout *m,
		  const struct bounds *bounds);
/* Source is left to the caller. layout: the one the batch names, NULL if it names none or an unknown one. Samples
 * that are MISSING are left out. */
int map_in_batch(struct refusal *r, const Suandian__V1__PushSamples *m, const struct layout *layout,
		 const struct bounds *bounds, struct arena *a, struct sample_batch *ret);
/* Source is left to the caller. */
int map_in_curve(struct refusal *r, const Suandian__V1__PushCurve *m, const struct bounds *bounds,
		 struct arena *a, struct curve *ret);
/* default_source: for an event that names none. */
int map_in_event(struct refusal *r, const Suandian__V1__Event *m, const char *default_source,
		 struct event *ret);
int map_in_ack_state(struct refusal *r, Suandian__V1__DecisionState state,
		     enum decision_state *ret);
