#include "sim/section.h"

#include <errno.h>
#include <stdlib.h>

void section_fini(struct section_score *s)
{
	free(s->slots);
	*s = (struct section_score){0};
}

int section_add(struct section_score *s, int64_t t_ms, int64_t dt_ms, int64_t sites_w,
		int64_t others_w)
{
	int64_t start_ms = slot_floor(t_ms);
	struct section_slot *slot;

	if (s->n == 0 || s->slots[s->n - 1].start_ms != start_ms) {
		if (s->n == s->size) {
			size_t size = s->size ? 2 * s->size : 128;
			struct section_slot *slots = reallocarray(s->slots, size, sizeof(*slots));

			if (!slots)
				return -ENOMEM;
			s->slots = slots;
			s->size = size;
		}
		s->slots[s->n++] = (struct section_slot){.start_ms = start_ms};
	}
	slot = &s->slots[s->n - 1];
	slot->covered_ms += dt_ms;
	slot->sites_wms += sites_w * dt_ms;
	slot->others_wms += others_w * dt_ms;
	return 0;
}

int64_t section_mean_w(int64_t wms, const struct section_slot *slot)
{
	return wms / slot->covered_ms;
}

struct section_result section_result(const struct section_score *s, int64_t limit_w)
{
	struct section_result r = {0};

	for (size_t i = 0; i < s->n; i++) {
		const struct section_slot *slot = &s->slots[i];
		int64_t w = section_mean_w(slot->sites_wms + slot->others_wms, slot);

		if (i == 0 || w > r.peak_w) {
			r.peak_w = w;
			r.peak_ms = slot->start_ms;
		}
		r.bound_slots += w >= limit_w / 100 * 99;
		if (w <= limit_w)
			continue;
		r.over_slots++;
		r.over_wh += (w - limit_w) * slot->covered_ms / MS_PER_H;
		if (w - limit_w > r.over_w) {
			r.over_w = w - limit_w;
			r.over_ms = slot->start_ms;
		}
	}
	return r;
}
