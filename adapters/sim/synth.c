#include "sim/synth.h"

#include <math.h>

#include "sim/noise.h"

#define PI 3.141592653589793

static double hour_of(const struct zone *zone, int64_t t_ms)
{
	struct local_time l = zone_local(zone, t_ms);

	return l.hour + l.minute / 60.0 + l.second / 3600.0;
}

/* Declination: Cooper 1969. Equation of time: Spencer 1971, in minutes. */
double synth_sun_height(double latitude, double longitude, int64_t t_ms)
{
	double days = (double)t_ms / (double)MS_PER_DAY;
	double day = fmod(days, 365.25), lat = latitude * PI / 180;
	double b = 2 * PI * day / 365.25;
	double declination = 23.45 * PI / 180 * sin(2 * PI * (284 + day + 1) / 365.25);
	double eot = 229.18 * (0.000075 + 0.001868 * cos(b) - 0.032077 * sin(b) -
			       0.014615 * cos(2 * b) - 0.040849 * sin(2 * b));
	double solar_hour = fmod(days, 1) * 24 + longitude / 15 + eot / 60;
	double angle = (solar_hour - 12) * PI / 12;

	return sin(lat) * sin(declination) + cos(lat) * cos(declination) * cos(angle);
}

/* Clear sky: Haurwitz 1945 (W/m²). Clouds: Kasten & Czeplak 1980 on a cover that drifts over days, hours and, where it is
 * broken, minutes. */
static double sun(const struct series_spec *spec, uint64_t key, int64_t t_ms)
{
	double height = synth_sun_height(spec->latitude, spec->longitude, t_ms);
	double clear, cover, broken;

	if (height <= 0.01)
		return 0;
	clear = 1098 * height * exp(-0.057 / height) / 1000;
	cover = spec->cloudiness + 0.2 * noise_smooth(noise_subkey(key, 1), t_ms, 30 * MS_PER_H) +
		0.15 * noise_smooth(noise_subkey(key, 2), t_ms, 3 * MS_PER_H);
	broken = spec->roughness * noise_smooth(noise_subkey(key, 3), t_ms, 12 * MS_PER_MIN);
	cover = fmin(fmax(cover, 0), 1);
	cover = fmin(fmax(cover + 4 * cover * (1 - cover) * broken, 0), 1);
	return fmin(fmax(0.92 * clear * (1 - 0.75 * pow(cover, 3.4)), 0), 1);
}

/* A smooth step around `at`, `width` hours wide. */
static double ramp(double hour, double at, double width)
{
	return 1 / (1 + exp(-(hour - at) * 4 / width));
}

static double office(const struct series_spec *spec, uint64_t key, const struct zone *zone,
		     int64_t t_ms)
{
	double hour = hour_of(zone, t_ms);
	double day = ramp(hour, 8.5, 2) * (1 - 0.85 * ramp(hour, 20, 4));
	double share = zone_local(zone, t_ms).weekday < 5 ? 1 : 0.55;
	double slow = noise_smooth(noise_subkey(key, 1), t_ms, 6 * MS_PER_H);
	double fast = noise_smooth(noise_subkey(key, 2), t_ms, 15 * MS_PER_MIN);

	return (spec->low + (spec->high - spec->low) * share * day) *
	       (1 + spec->roughness * (slow + 0.5 * fast));
}

/* Jobs come as a Poisson process with a busy working day; their sizes are log-normal with a long tail (the shape of
 * published GPU cluster traces). The mean over a week is spec->mean. */
static double jobs(const struct series_spec *spec, uint64_t key, const struct zone *zone,
		   const struct series *s, size_t i)
{
	static const double per_hour = 18, sigma = 1.1;
	int64_t t_ms = series_time(s, i);
	double hour = hour_of(zone, t_ms);
	double weekday = zone_local(zone, t_ms).weekday < 5 ? 1.12 : 0.7;
	double busy = weekday * (0.4 + 1.1 * ramp(hour, 9, 2) * (1 - ramp(hour, 22, 3)));
	int64_t index = t_ms / s->step_ms;
	double work = 0;
	int n = noise_poisson(noise_subkey(key, 1), index,
			      per_hour * busy * (double)s->step_ms / (double)MS_PER_H);

	for (int k = 0; k < n; k++)
		work += exp(sigma * noise_normal(noise_subkey(noise_subkey(key, 2), index), k) -
			    sigma * sigma / 2);
	return work * spec->mean * (double)MS_PER_H / (per_hour * (double)s->step_ms);
}

/* Speeds are Weibull with shape 2.1, drifting over hours (a normal curve through its distribution); the farm's curve
 * rises with the cube between 3 and 12 m/s and is shut down above 25. */
static double wind(const struct series_spec *spec, uint64_t key, int64_t t_ms)
{
	static const double shape = 2.1, in = 3, rated = 12, out = 25;
	double z = 0.85 * noise_smooth(noise_subkey(key, 1), t_ms, 9 * MS_PER_H) +
		   0.5 * noise_smooth(noise_subkey(key, 2), t_ms, 90 * MS_PER_MIN) +
		   spec->roughness * noise_smooth(noise_subkey(key, 3), t_ms, 10 * MS_PER_MIN);
	double u = fmin(fmax(0.5 * erfc(-z * 0.7071067811865476), 1e-9), 1 - 1e-9);
	double v = spec->mean / tgamma(1 + 1 / shape) * pow(-log1p(-u), 1 / shape);

	if (v <= in || v >= out)
		return 0;
	return v >= rated ? 1 : (v * v * v - in * in * in) / (rated * rated * rated - in * in * in);
}

/* What the river brings: the month's share, drifting over days. */
static double hydro(const struct series_spec *spec, uint64_t key, const struct zone *zone,
		    int64_t t_ms)
{
	int month = zone_local(zone, t_ms).month - 1;
	double share = spec->profile[month * spec->n_profile / 12];

	return fmin(fmax(share * (1 + spec->roughness * noise_smooth(key, t_ms, 40 * MS_PER_H)), 0),
		    1);
}

static double weather(const struct series_spec *spec, uint64_t key, const struct zone *zone,
		      int64_t t_ms)
{
	double mean = (spec->low + spec->high) / 2, swing = (spec->high - spec->low) / 2;

	return mean + swing * cos((hour_of(zone, t_ms) - 15) * PI / 12) +
	       spec->roughness * swing * noise_smooth(key, t_ms, 18 * MS_PER_H);
}

static double profile(const struct series_spec *spec, const struct zone *zone, int64_t t_ms)
{
	int part = (int)(hour_of(zone, t_ms) * spec->n_profile / 24);

	return spec->profile[part];
}

void synth_fill(const struct series_spec *spec, uint64_t key, const struct zone *zone,
		struct series *s)
{
	for (size_t i = 0; i < s->n; i++) {
		int64_t mid_ms = series_time(s, i) + s->step_ms / 2;

		switch (spec->kind) {
		case SERIES_CONSTANT:
			s->value[i] = spec->value;
			break;
		case SERIES_PROFILE:
			s->value[i] = profile(spec, zone, mid_ms);
			break;
		case SERIES_SUN:
			s->value[i] = sun(spec, key, mid_ms);
			break;
		case SERIES_OFFICE:
			s->value[i] = office(spec, key, zone, mid_ms);
			break;
		case SERIES_JOBS:
			s->value[i] = jobs(spec, key, zone, s, i);
			break;
		case SERIES_WIND:
			s->value[i] = wind(spec, key, mid_ms);
			break;
		case SERIES_HYDRO:
			s->value[i] = hydro(spec, key, zone, mid_ms);
			break;
		case SERIES_WEATHER:
			s->value[i] = weather(spec, key, zone, mid_ms);
			break;
		case SERIES_NONE:
		case SERIES_CSV:
			s->value[i] = 0;
			break;
		}
	}
}

void synth_finish(const struct series_spec *spec, struct series *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->value[i] =
			fmin(fmax(s->value[i] * spec->scale + spec->offset, spec->min), spec->max);
}
