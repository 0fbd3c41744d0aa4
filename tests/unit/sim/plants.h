/* Plants for tests. */
#pragma once

#include "sim/plant.h"
#include "testlib/rng.h"

/* The example site. */
static inline struct plant plant_hongyuan(void)
{
	return (struct plant){
		.site = "hongyuan",
		.pcc = {.import_max_w = 20000000,
			.export_max_w = 10000000,
			.contracted_w = 14000000,
			.over_price_e4 = 20000},
		.load = {"it", 8000000, 3000000, 1250000},
		.n_gen = 1,
		.gen = {{.id = "pv1", .capacity_w = 12000000}},
		.n_storage = 2,
		.storage = {{.id = "bess",
			     .energy_wh = 8000000,
			     .charge_max_w = 4000000,
			     .discharge_max_w = 4000000,
			     .eta_charge_ppm = 950000,
			     .eta_discharge_ppm = 950000,
			     .retention_ppm_per_h = 1000000,
			     .soc_min_wh = 800000,
			     .soc_max_wh = 8000000,
			     .soc_start_wh = 4000000,
			     .wear_price_e4 = 500},
			    {.id = "ups",
			     .energy_wh = 600000,
			     .charge_max_w = 1500000,
			     .discharge_max_w = 1500000,
			     .eta_charge_ppm = 950000,
			     .eta_discharge_ppm = 950000,
			     .retention_ppm_per_h = 1000000,
			     .soc_min_wh = 60000,
			     .soc_max_wh = 600000,
			     .soc_start_wh = 600000,
			     .idle = true}},
		.n_queues = 1,
		.queues = {{.id = "batch",
			    .devices = 4000,
			    .device_power_w = 700,
			    .slack_ms = 12 * MS_PER_H,
			    .late_price_e4 = 10000}},
	};
}

/* Any plant that makes sense. */
static inline struct plant plant_random(struct rng *r)
{
	struct plant p = plant_hongyuan();

	for (int i = 0; i < p.n_storage; i++) {
		struct plant_storage *s = &p.storage[i];

		s->energy_wh = rng_range(r, 1, 20000000);
		s->charge_max_w = rng_range(r, 0, 10000000);
		s->discharge_max_w = rng_range(r, 0, 10000000);
		s->eta_charge_ppm = rng_range(r, 500000, 1000000);
		s->eta_discharge_ppm = rng_range(r, 500000, 1000000);
		s->retention_ppm_per_h = rng_range(r, 900000, 1000000);
		s->soc_max_wh = rng_range(r, 0, s->energy_wh);
		s->soc_min_wh = rng_range(r, 0, s->soc_max_wh);
		s->soc_start_wh = rng_range(r, s->soc_min_wh, s->soc_max_wh);
	}
	p.load.capacity_w = rng_range(r, 0, 20000000);
	p.load.pue_ppm = rng_range(r, 1000000, 2000000);
	p.queues[0].devices = rng_range(r, 1, 10000);
	p.queues[0].device_power_w = rng_range(r, 1, 2000);
	p.queues[0].power_min_w = rng_range(r, 0, 500000);
	p.queues[0].slack_ms = rng_range(r, 1, 24 * MS_PER_H);
	return p;
}
