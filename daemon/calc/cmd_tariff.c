#include <stdio.h>

#include "calc/cmd.h"
#include "calc/input.h"
#include "calc/tariffdoc.h"

#define ARENA_CAP ((size_t)16 << 20)
#define HOURS 24
#define MINUTES 60
#define E4 10000.0

/* One local day of a month, minute by minute. */
struct day {
	enum tou_class cls[HOURS * MINUTES];
	int64_t price_e4[HOURS * MINUTES];
};

/* Validity is open here, and UTC has no jumps: any day of the month will do. */
static int day_make(const struct tariff *t, const struct zone *utc, const struct tariff_day *d,
		    struct day *ret)
{
	int r = 0;

	for (int m = 0; m < HOURS * MINUTES && !r; m++) {
		int64_t at = zone_utc(utc, 2025, d->month, 15, m / MINUTES, m % MINUTES);

		r = tariff_class_at(t, utc, at, d->flags, d->n_flags, &ret->cls[m]);
		if (!r)
			r = tariff_price_at(t, utc, at, d->flags, d->n_flags, &ret->price_e4[m]);
	}
	return r;
}

static json_t *clock_text(int minute)
{
	return json_sprintf("%02d:%02d", minute / MINUTES, minute % MINUTES);
}

static int append(json_t *list, json_t *one)
{
	return one && json_array_append_new(list, one) == 0 ? 0 : -ENOMEM;
}

static int put_periods(const struct day *d, json_t *list)
{
	int r = 0;

	for (int from = 0, to; from < HOURS * MINUTES && !r; from = to) {
		for (to = from + 1; to < HOURS * MINUTES && d->cls[to] == d->cls[from];)
			to++;
		r = append(list, json_pack("{s:o, s:o, s:s, s:f}", "from", clock_text(from), "to",
					   clock_text(to), "class", tou_class_name(d->cls[from]),
					   "price", (double)d->price_e4[from] / E4));
	}
	return r;
}

/* The class is null in an hour that has two; its price is the mean. */
static int put_hours(const struct day *d, json_t *list)
{
	int r = 0;

	for (int h = 0; h < HOURS && !r; h++) {
		const enum tou_class *cls = d->cls + h * MINUTES;
		bool one = true;
		int64_t sum = 0;

		for (int m = 0; m < MINUTES; m++) {
			one &= cls[m] == cls[0];
			sum += d->price_e4[h * MINUTES + m];
		}
		r = append(list,
			   json_pack("{s:s?, s:f}", "class", one ? tou_class_name(cls[0]) : NULL,
				     "price", (double)sum / MINUTES / E4));
	}
	return r;
}

static json_t *day_answer(const struct tariff *t, const struct tariff_day *d, const struct day *day)
{
	json_t *flags = json_array(), *periods = json_array(), *hours = json_array();
	int64_t weighted = tariff_weighted_hours_ppm(t, d->month, d->flags, d->n_flags);
	int r = flags && periods && hours ? 0 : -ENOMEM;

	for (int i = 0; i < d->n_flags && !r; i++)
		r = append(flags, json_string(d->flags[i]));
	if (!r)
		r = put_periods(day, periods);
	if (!r)
		r = put_hours(day, hours);
	if (r) {
		json_decref(flags);
		json_decref(periods);
		json_decref(hours);
		return NULL;
	}
	return json_pack("{s:i, s:o, s:o, s:o, s:f}", "month", d->month, "flags", flags, "periods",
			 periods, "hours", hours, "weighted_hours", (double)weighted / (double)PPM);
}

static int answer(const struct calc *c, const struct tariffdoc *doc, json_t *days)
{
	const struct zone *utc;
	struct day day;
	int r = zone_load("UTC", &utc);

	for (int i = 0; i < doc->n_days && !r; i++) {
		r = day_make(&doc->tariff, utc, &doc->days[i], &day);
		if (!r)
			r = append(days, day_answer(&doc->tariff, &doc->days[i], &day));
	}
	zone_unload_all();
	return r ? command_say(c, CALC_INPUT, "%s: %s", input_name(c), err_text(r)) : 0;
}

int cmd_tariff(struct calc *c)
{
	struct tariffdoc doc;
	struct fault f = {0};
	struct arena arena;
	json_t *in = NULL, *days = json_array();
	int r = input_read(c, &in);

	arena_init(&arena, ARENA_CAP);
	if (!r && tariffdoc_read(in, &arena, &f, &doc))
		r = command_say(c, CALC_INPUT, "%s: %s", input_name(c), f.text);
	if (!r)
		r = answer(c, &doc, days);
	if (!r)
		r = output_print(c, json_pack("{s:s, s:O}", "tariff", doc.tariff.id, "days", days));
	json_decref(in);
	json_decref(days);
	arena_fini(&arena);
	return r;
}
