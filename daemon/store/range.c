#include "store/range.h"

#include <stdlib.h>

#include "base/err.h"
#include "store/series.h"

struct walk {
	const struct range *range;
	uint32_t point;
	struct rows fresh; /* of the memtables, sorted */
	size_t at;	   /* how far fresh is used */
	struct rows mixed; /* of one window */
};

static uint32_t rank_of(void *arg, uint32_t number)
{
	const struct walk *w = arg;
	const struct sources *sources = sealer_sources(w->range->sealer);

	if (!w->range->rank || number >= sources->n)
		return 0;
	return w->range->rank(w->range->rank_arg, sources->at[number]->name, w->point);
}

/* 0, or 1 if visit has had enough. */
static int show(struct walk *w, struct rows *rows)
{
	struct rows_rank rank = {rank_of, w};
	size_t i = 0;

	rows_sort(rows);
	while (i < rows->n) {
		struct sample sample = rows_resolve(rows, &i, &rank);

		if (!w->range->visit(w->range->arg, w->point, &sample))
			return 1;
	}
	return 0;
}

/* Moves fresh rows before t to the mixed ones. */
static int take_fresh(struct walk *w, int64_t before_ms)
{
	for (; w->at < w->fresh.n && w->fresh.at[w->at].t_ms < before_ms; w->at++) {
		if (rows_add(&w->mixed, &w->fresh.at[w->at]) != 0)
			return -ENOMEM;
	}
	return 0;
}

static int show_fresh(struct walk *w, int64_t before_ms)
{
	w->mixed.n = 0;
	int r = take_fresh(w, before_ms);

	return r ? r : show(w, &w->mixed);
}

static int show_window(struct walk *w, struct series_reader *reader, int64_t window_ms,
		       int64_t from_ms, int64_t to_ms)
{
	int r = show_fresh(w, window_ms);

	if (r)
		return r;
	w->mixed.n = 0;
	r = series_collect(reader, w->point, window_ms, from_ms, to_ms, &w->mixed);
	if (r == 0)
		r = take_fresh(w, window_ms + TILE_WINDOW_MS);
	return r ? r : show(w, &w->mixed);
}

static int walk_windows(struct walk *w, int64_t from_ms, int64_t to_ms)
{
	int64_t window = tile_window(from_ms);
	struct series_reader *reader;
	int r = series_reader_new(sealer_env(w->range->sealer), &reader);

	if (r)
		return r;
	while (r == 0 && series_find_window(reader, w->point, &window, to_ms)) {
		r = show_window(w, reader, window, from_ms, to_ms);
		window += TILE_WINDOW_MS;
	}
	if (r == 0)
		r = series_reader_error(reader);
	series_reader_free(reader);
	return r ? r : show_fresh(w, INT64_MAX);
}

int range_point(const struct range *range, uint32_t point, int64_t from_ms, int64_t to_ms)
{
	struct walk w = {.range = range, .point = point};
	const struct mem *mems[2];
	int n = sealer_memtables(range->sealer, mems), r = 0;

	from_ms = clamp_i64(from_ms, -SEALER_TIME_MAX, SEALER_TIME_MAX);
	to_ms = clamp_i64(to_ms, -SEALER_TIME_MAX, SEALER_TIME_MAX + 1);
	for (int i = 0; r == 0 && i < n; i++)
		r = mem_collect(mems[i], point, from_ms, to_ms, &w.fresh);
	if (r == 0) {
		rows_sort(&w.fresh);
		r = walk_windows(&w, from_ms, to_ms);
	}
	rows_fini(&w.fresh);
	rows_fini(&w.mixed);
	return r;
}

/* ---- Every point ------------------------------------------------------------------------------------------ */

static int add_memtable_points(const struct mem *m, struct map *by_group)
{
	struct mem_group *g;
	size_t at = 0;

	while ((g = map_next(&m->groups, &at, NULL, NULL))) {
		struct series_points *p = map_get_u64(by_group, g->group);

		if (!p) {
			p = calloc(1, sizeof(*p));
			if (!p)
				return -ENOMEM;
			p->group = g->group;
			if (map_put_u64(by_group, g->group, p, NULL) != 0) {
				free(p);
				return -ENOMEM;
			}
		}
		for (unsigned i = 0; i < TILE_POINTS; i++)
			p->has[i] |= g->series[i].n > 0;
	}
	return 0;
}

static int walk_group(const struct range *range, const struct series_points *p, int64_t from_ms)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < TILE_POINTS; i++) {
		if (p->has[i])
			r = range_point(range, p->group * TILE_POINTS + i, from_ms, INT64_MAX);
	}
	return r;
}

int range_all(const struct range *range, int64_t from_ms)
{
	const struct mem *mems[2];
	int n = sealer_memtables(range->sealer, mems);
	struct series_points *p;
	struct map by_group;
	size_t at = 0;
	int r;

	from_ms = clamp_i64(from_ms, -SEALER_TIME_MAX, SEALER_TIME_MAX);
	map_init_u64(&by_group);
	r = series_list_points(sealer_env(range->sealer), from_ms, &by_group);
	for (int i = 0; r == 0 && i < n; i++)
		r = add_memtable_points(mems[i], &by_group);
	while (r == 0 && (p = map_next(&by_group, &at, NULL, NULL)))
		r = walk_group(range, p, from_ms);
	at = 0;
	while ((p = map_next(&by_group, &at, NULL, NULL)))
		free(p);
	map_fini(&by_group);
	return r;
}
