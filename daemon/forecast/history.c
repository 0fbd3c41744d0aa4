#include "forecast/history.h"

#include <math.h>
#include <string.h>

static struct slotmean *slot_of(struct history *h, int64_t slot_ms)
{
	int64_t i = slot_ms / SLOT_MS % HISTORY_SLOTS;

	return &h->ring[i < 0 ? i + HISTORY_SLOTS : i];
}

static bool is_within(const struct history *h, int64_t slot_ms, int slots)
{
	return h->newest_slot_ms != INT64_MIN && slot_ms <= h->newest_slot_ms &&
	       slot_ms > h->newest_slot_ms - slots * SLOT_MS;
}

static bool is_inside(const struct history *h, int64_t slot_ms)
{
	return is_within(h, slot_ms, HISTORY_SLOTS);
}

static int long_index(int64_t slot_ms)
{
	int64_t i = slot_ms / SLOT_MS % HISTORY_LONG_SLOTS;

	return (int)(i < 0 ? i + HISTORY_LONG_SLOTS : i);
}

static void forget_rounded(struct history *h)
{
	for (int i = 0; i < HISTORY_LONG_SLOTS; i++)
		h->rounded[i] = NAN;
}

static void touch(struct history *h, int64_t slot_ms)
{
	h->rough_from_ms = min_i64(h->rough_from_ms, slot_ms);
	h->rough_to_ms = max_i64(h->rough_to_ms, slot_ms);
	h->changed_ms = min_i64(h->changed_ms, slot_ms);
}

void history_init(struct history *h, const struct point_decl *d)
{
	memset(h, 0, sizeof(*h));
	h->decl = *d;
	h->newest_slot_ms = INT64_MIN;
	h->last_ms = INT64_MIN;
	h->rough_from_ms = INT64_MAX;
	h->rough_to_ms = INT64_MIN;
	h->changed_ms = INT64_MAX;
	forget_rounded(h);
}

/* Moves the ring on so that slot_ms is its newest slot; what it passes over is empty. */
static void advance(struct history *h, int64_t slot_ms)
{
	int64_t ahead = h->newest_slot_ms == INT64_MIN ? 0 : slot_ms - h->newest_slot_ms;

	/* what leaves the ring is rounded before it does */
	if (h->rough_from_ms <= slot_ms - HISTORY_SLOTS * SLOT_MS)
		history_settle(h);
	if (ahead >= HISTORY_LONG_SLOTS * SLOT_MS)
		forget_rounded(h);
	else
		for (int64_t t = slot_ms - ahead + SLOT_MS; t <= slot_ms; t += SLOT_MS)
			h->rounded[long_index(t)] = NAN;
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
		if (!is_inside(h, slot))
			continue;
		slotmean_add(slot_of(h, slot), slot, from, to, value, sign);
		touch(h, slot);
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

void history_settle(struct history *h)
{
	int64_t from;

	if (h->rough_from_ms > h->rough_to_ms)
		return;
	from = max_i64(h->rough_from_ms, h->newest_slot_ms - (HISTORY_SLOTS - 1) * SLOT_MS);
	for (int64_t t = from; t <= h->rough_to_ms; t += SLOT_MS)
		h->rounded[long_index(t)] = (float)history_mean(h, t);
	h->rough_from_ms = INT64_MAX;
	h->rough_to_ms = INT64_MIN;
}

double history_long_mean(const struct history *h, int64_t slot_ms)
{
	return is_within(h, slot_ms, HISTORY_LONG_SLOTS) ? (double)h->rounded[long_index(slot_ms)]
							 : NAN;
}

bool history_is_rounded(const struct history *h, int64_t slot_ms)
{
	return is_within(h, slot_ms, HISTORY_LONG_SLOTS) && !is_inside(h, slot_ms);
}

void history_put_rounded(struct history *h, int64_t slot_ms, double mean)
{
	if (!history_is_rounded(h, slot_ms))
		return;
	h->rounded[long_index(slot_ms)] = (float)mean;
	h->changed_ms = min_i64(h->changed_ms, slot_ms);
}
