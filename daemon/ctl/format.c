#include "ctl/format.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

PRINTF_LIKE(1, 2)
static struct format print(const char *fmt, ...)
{
	struct format f;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(f.s, sizeof(f.s), fmt, ap);
	va_end(ap);
	return f;
}

struct format format_power(int64_t power_w)
{
	struct format f;

	num_format_power(f.s, sizeof(f.s), power_w);
	return f;
}

/* x in the greatest of the units that leaves a digit before the point. */
static struct format scaled(double x, const char *const units[3])
{
	double size = fabs(x);

	if (size >= 999950)
		return print("%.3f %s", x / 1e6, units[2]);
	if (size >= 1e3)
		return print("%.1f %s", x / 1e3, units[1]);
	return print("%.0f %s", x, units[0]);
}

struct format format_energy(int64_t energy_wh)
{
	static const char *const units[] = {"Wh", "kWh", "MWh"};

	return scaled((double)energy_wh, units);
}

struct format format_price(int64_t price_e4)
{
	return print("%.4f 元/kWh", (double)price_e4 / 1e4);
}

struct format format_money(int64_t money_e4)
{
	return print("%.2f 元", (double)money_e4 / 1e4);
}

struct format format_work(int64_t device_s)
{
	return print("%.1f device-h", (double)device_s / 3600);
}

struct format format_span(int64_t span_ms)
{
	int64_t s = span_ms / MS_PER_S, min = s / 60, h = min / 60;

	if (span_ms < 0)
		return print("%" PRId64 " s", s);
	if (h >= 48)
		return print("%" PRId64 " d %" PRId64 " h", h / 24, h % 24);
	if (h > 0)
		return print("%" PRId64 " h %02" PRId64 " min", h, min % 60);
	if (min >= 2)
		return s % 60 ? print("%" PRId64 " min %02" PRId64 " s", min, s % 60)
			      : print("%" PRId64 " min", min);
	return span_ms % MS_PER_S ? print("%.1f s", (double)span_ms / 1e3)
				  : print("%" PRId64 " s", s);
}

struct format format_share(double share)
{
	return print("%.1f %%", share * 100);
}

struct format format_seconds(const struct zone *zone, int64_t t_ms)
{
	struct local_time l = zone_local(zone, t_ms);

	return print("%04d-%02d-%02d %02d:%02d:%02d", l.year, l.month, l.day, l.hour, l.minute,
		     l.second);
}

struct format format_time(const struct zone *zone, int64_t t_ms)
{
	struct local_time l = zone_local(zone, t_ms);

	if (l.second)
		return format_seconds(zone, t_ms);
	return print("%04d-%02d-%02d %02d:%02d", l.year, l.month, l.day, l.hour, l.minute);
}

struct format format_hour(const struct zone *zone, int64_t t_ms)
{
	struct local_time l = zone_local(zone, t_ms);

	return print("%02d:%02d", l.hour, l.minute);
}

struct format format_interval(const struct zone *zone, int64_t from_ms, int64_t to_ms)
{
	if (zone_day_start(zone, from_ms) == zone_day_start(zone, to_ms))
		return print("%.20s–%.20s", format_time(zone, from_ms).s,
			     format_hour(zone, to_ms).s);
	return print("%.20s – %.20s", format_time(zone, from_ms).s, format_time(zone, to_ms).s);
}

const char *format_unit(Suandian__V1__Unit unit)
{
	static const char *const names[] = {
		[SUANDIAN__V1__UNIT__UNIT_UNSPECIFIED] = "",
		[SUANDIAN__V1__UNIT__UNIT_W] = "W",
		[SUANDIAN__V1__UNIT__UNIT_WH] = "Wh",
		[SUANDIAN__V1__UNIT__UNIT_PERCENT] = "%",
		[SUANDIAN__V1__UNIT__UNIT_CELSIUS] = "°C",
		[SUANDIAN__V1__UNIT__UNIT_PRICE] = "元/kWh",
		[SUANDIAN__V1__UNIT__UNIT_CARBON] = "g/kWh",
		[SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS] = "device-s",
		[SUANDIAN__V1__UNIT__UNIT_COUNT] = "",
		[SUANDIAN__V1__UNIT__UNIT_HZ] = "Hz",
		[SUANDIAN__V1__UNIT__UNIT_BOOL] = "",
		[SUANDIAN__V1__UNIT__UNIT_PER_UNIT] = "p.u.",
	};

	return (size_t)unit < ARRAY_SIZE(names) ? names[unit] : "";
}

const char *format_unit_key(Suandian__V1__Unit unit)
{
	static const char *const names[] = {
		[SUANDIAN__V1__UNIT__UNIT_UNSPECIFIED] = "",
		[SUANDIAN__V1__UNIT__UNIT_W] = "W",
		[SUANDIAN__V1__UNIT__UNIT_WH] = "Wh",
		[SUANDIAN__V1__UNIT__UNIT_PERCENT] = "percent",
		[SUANDIAN__V1__UNIT__UNIT_CELSIUS] = "celsius",
		[SUANDIAN__V1__UNIT__UNIT_PRICE] = "e4cny_per_kwh",
		[SUANDIAN__V1__UNIT__UNIT_CARBON] = "g_per_kwh",
		[SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS] = "device_s",
		[SUANDIAN__V1__UNIT__UNIT_COUNT] = "count",
		[SUANDIAN__V1__UNIT__UNIT_HZ] = "Hz",
		[SUANDIAN__V1__UNIT__UNIT_BOOL] = "bool",
		[SUANDIAN__V1__UNIT__UNIT_PER_UNIT] = "per_unit",
	};

	return (size_t)unit < ARRAY_SIZE(names) ? names[unit] : "";
}

/* Whole quantities have formats of their own; what does not fit them is no measurement anyway. */
static bool is_whole(double value)
{
	return fabs(value) < 9e15;
}

struct format format_value(double value, Suandian__V1__Unit unit)
{
	const char *name = format_unit(unit);

	if (!isfinite(value))
		return print("no value");
	switch (unit) {
	case SUANDIAN__V1__UNIT__UNIT_W:
		if (is_whole(value))
			return format_power(llround(value));
		break;
	case SUANDIAN__V1__UNIT__UNIT_WH:
		if (is_whole(value))
			return format_energy(llround(value));
		break;
	case SUANDIAN__V1__UNIT__UNIT_PRICE:
		return print("%.4f %s", value / 1e4, name);
	case SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS:
		return print("%.1f device-h", value / 3600);
	case SUANDIAN__V1__UNIT__UNIT_PERCENT:
	case SUANDIAN__V1__UNIT__UNIT_CELSIUS:
		if (is_whole(value))
			return print("%.1f %s", value, name);
		break;
	case SUANDIAN__V1__UNIT__UNIT_BOOL:
		return print("%s", value != 0 ? "yes" : "no");
	default:
		break;
	}
	return print("%.6g%s%s", value, *name ? " " : "", name);
}

struct format format_enum(const ProtobufCEnumDescriptor *type, int value)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(type, value);
	const char *name;
	struct format f;
	size_t n = 0;

	if (!v)
		return print("#%d", value);
	name = strchr(v->name, '_');
	name = name ? name + 1 : v->name;
	for (; name[n] && n + 1 < sizeof(f.s); n++)
		f.s[n] = name[n] >= 'A' && name[n] <= 'Z' ? (char)(name[n] - 'A' + 'a') : name[n];
	f.s[n] = '\0';
	return f;
}
