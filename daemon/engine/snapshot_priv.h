/* What the rooms of the snapshot share: snapshot_region.c lays the grid and joins the sites, snapshot.c puts one site
 * together and calls the others, each of which fills its part of the input and says where it came from. */
#pragma once

#include "engine/snapshot.h"
#include "engine/state.h"
#include "forecast/forecast.h"

#define SNAPSHOT_SOURCES_MAX 64
#define SNAPSHOT_CURVE_MAX_AGE_MS (2 * MS_PER_DAY)

struct snapshot_builder {
	struct engine *e;
	struct site_state *ss;
	struct plan_input *in;
	struct arena *arena;
	struct forecast_steps steps;
	int64_t publish_until_ms;
};

/* ---- snapshot_source.c ---- */

/* The next entry of the input's list; the last one again when it is full. */
struct plan_source *snapshot_next_source(struct snapshot_builder *b);
void snapshot_set_source(struct plan_source *s, const char *input, const char *source,
			 enum quality q);
/* "what[id]" */
void snapshot_name_input(char out[ID_MAX], const char *what, const char *id);
/* A level that is measured, else the one that the plan in force foresaw; false: nobody knows. */
struct snapshot_level {
	const struct live_point *point;
	double scale; /* of what is measured */
	const char *asset_id;
};
bool snapshot_level(struct snapshot_builder *b, const struct snapshot_level *l, int64_t *ret,
		    struct plan_source *src);
/* It did not carry out its decision: not to be counted on for the rest of the slot. */
bool snapshot_is_out(const struct snapshot_builder *b, enum asset_kind kind, int k);
/* Time, curve and history of the point into ask, and the forecast into ret[n]. */
void snapshot_forecast(struct snapshot_builder *b, struct forecast_ask *ask,
		       const struct live_point *lp, int64_t *ret);

/* ---- snapshot.c ---- */

/* The site's input on the grid of b->steps, into b->in. */
int snapshot_site(struct snapshot_builder *b, bool without_events, struct fault *f);

/* ---- snapshot_asset.c, snapshot_queue.c, snapshot_price.c, snapshot_climate.c, snapshot_budget.c ---- */

void snapshot_storage(struct snapshot_builder *b, int k);
void snapshot_generator(struct snapshot_builder *b, int k);
void snapshot_load(struct snapshot_builder *b);
/* 0 or -ENOMEM. */
int snapshot_queue(struct snapshot_builder *b, int k);
int snapshot_prices(struct snapshot_builder *b);
/* What a kWh from the grid emits, how warm it is outdoors, how warm the water is. 0 or -ENOMEM. */
int snapshot_climate(struct snapshot_builder *b);
/* Charges on the month's peak, and the energy of rationed days. 0 or -ENOMEM. */
int snapshot_budget(struct snapshot_builder *b);
/* After the assets: what operators hold. 0 or -ENOMEM. */
int snapshot_overrides(struct snapshot_builder *b);
