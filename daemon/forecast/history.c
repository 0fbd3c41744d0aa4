#include "forecast/history.h"

#include <math.h>
#include <string.h>

static struct slotmean *slot_of(struct history *h, int64_t slot_ms)
{
	int64_t i = slot_ms / SLOT_MS % HISTORY_SLOTS;

	return &h->ring[i < 0 ? i + HISTORY_SLOTS : i];
}

static bool is_inside(const struct history *h, int64_t slot_ms)
{
	return h->newest_slot_ms != INT64_MIN && slot_ms <= h->newest_slot_ms &&
	       slot_ms > h->newest_slot_ms - HISTORY_SLOTS * SLOT_MS;
}

void history_init(struct history *h, const struct point_decl *d)
{
	memset(h, 0, sizeof(*h));
	h->decl = *d;
	h->newest_slot_ms = INT64_MIN;
	h->last_ms = INT64_MIN;
}

/* Moves the ring on so that slot_ms is its newest slot; what it passes over is empty. */
static void advance(struct history *h, int64_t slot_ms)
{
	if (h->newest_slot_ms == INT64_MIN ||
	    slot_ms - h->newest_slot_ms >= HISTORY_SLOTS * SLOT_MS) {
		memset(h->ring, 0, sizeof(h->ring));
	} else {
		for (int64_t t = h->newest_slot_ms + SLOT_MS; t <= slot_ms; t += SLOT_MS)
			*slot_of(h, t) = (struct slotmean){0};
	}
	h->newest_slot_ms = slot_ms;
}

static void fold(struct history *h, int64_t t_ms, double value, int sign)
{
	int64_t from, to;

	slotmean_span(&h->decl, t_ms, &from, &to);
	/* A span is at most a day (point_decl), so this is at most 97 rounds. */
	for (int64_t slot = slot_floor(from); slot < to; slot += SLOT_MS) {
		if (slot > h->newest_slot_ms && sign > 0)
			advance(h, slot);
		if (is_inside(h, slot))
			slotmean_add(slot_of(h, slot), slot, from, to, value, sign);
	}
}

void history_add(struct history *h, int64_t t_ms, double value)
{
	fold(h, t_ms, value, 1);
	if (t_ms >= h->last_ms) {
		h->last_ms = t_ms;
		h->last_value = value;
	}
}

void history_remove(struct history *h, int64_t t_ms, double value)
{
	fold(h, t_ms, value, -1);
}

double history_mean(const struct history *h, int64_t slot_ms)
{
	int64_t i = slot_ms / SLOT_MS % HISTORY_SLOTS;
	const struct slotmean *m = &h->ring[i < 0 ? i + HISTORY_SLOTS : i];

	if (!is_inside(h, slot_ms) ||
	    slotmean_coverage_permille(m) < SLOTMEAN_COVERAGE_MIN_PERMILLE)
		return NAN;
	return slotmean_value(m);
}
