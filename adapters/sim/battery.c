#include "sim/battery.h"

#include <math.h>

#include "base/require.h"

#define PPM 1000000

static int64_t self_discharge(const struct plant_storage *s, int64_t soc_mj, int64_t dt_ms)
{
	double kept = pow((double)s->retention_ppm_per_h / PPM, (double)dt_ms / (double)MS_PER_H);

	if (s->retention_ppm_per_h >= PPM)
		return 0;
	return clamp_i64(llround((1 - kept) * (double)soc_mj), 0, soc_mj);
}

/* Most watts for dt that put no more than room into the store. Rounded down, so that the level stays in. */
static int64_t charge_room_w(const struct plant_storage *s, int64_t room_mj, int64_t dt_ms)
{
	if (room_mj <= 0)
		return 0;
	return (int64_t)((__int128)room_mj * PPM / s->eta_charge_ppm / dt_ms);
}

static int64_t discharge_room_w(const struct plant_storage *s, int64_t room_mj, int64_t dt_ms)
{
	if (room_mj <= 0)
		return 0;
	return (int64_t)((__int128)room_mj * s->eta_discharge_ppm / PPM / dt_ms);
}

struct battery_flow battery_step(const struct plant_storage *s, int64_t *soc_mj, int64_t wanted_w,
				 int64_t dt_ms)
{
	int64_t before = *soc_mj, power_w, change_mj;

	REQUIRE(dt_ms > 0 && dt_ms <= MS_PER_H && before >= 0);
	*soc_mj -= self_discharge(s, before, dt_ms);
	if (wanted_w >= 0) {
		power_w = min_i64(min_i64(wanted_w, s->charge_max_w),
				  charge_room_w(s, s->soc_max_wh * MJ_PER_WH - *soc_mj, dt_ms));
		change_mj = (int64_t)((__int128)power_w * dt_ms * s->eta_charge_ppm / PPM);
	} else {
		power_w = -min_i64(min_i64(-wanted_w, s->discharge_max_w),
				   discharge_room_w(s, *soc_mj - s->soc_min_wh * MJ_PER_WH, dt_ms));
		/* Rounded away from zero: what leaves the cells is never less than what arrives. */
		change_mj =
			-(int64_t)(((__int128)-power_w * dt_ms * PPM + s->eta_discharge_ppm - 1) /
				   s->eta_discharge_ppm);
	}
	*soc_mj += change_mj;
	return (struct battery_flow){
		.power_w = power_w,
		.lost_mj = before + power_w * dt_ms - *soc_mj,
	};
}
