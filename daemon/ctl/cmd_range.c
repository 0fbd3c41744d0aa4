#include "ctl/cmd.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/num.h"
#include "ctl/ask.h"
#include "ctl/describe.h"
#include "ctl/message.h"
#include "ctl/spark.h"
#include "ctl/table.h"

#define SPARK_COLUMNS 72

struct sample {
	int64_t t_ms;
	double value;
	Suandian__V1__Quality quality;
};

struct samples {
	struct sample *at;
	size_t n, size;
};

static int samples_add(struct samples *s, struct sample sample)
{
	if (s->n == s->size) {
		size_t size = s->size ? 2 * s->size : 1024;
		struct sample *at = reallocarray(s->at, size, sizeof(*at));

		if (!at)
			return -ENOMEM;
		s->at = at;
		s->size = size;
	}
	s->at[s->n++] = sample;
	return 0;
}

static int take_chunk(struct samples *s, const Suandian__V1__RangeChunk *chunk)
{
	int64_t t_ms = chunk->base_ms;
	size_t k = 0;

	if (chunk->n_value != chunk->n_dt_ms || chunk->n_q_index != chunk->n_q_value)
		return ERR_MALFORMED;
	for (size_t i = 0; i < chunk->n_value; i++) {
		struct sample sample = {.value = chunk->value[i]};

		if (__builtin_add_overflow(t_ms, chunk->dt_ms[i], &t_ms))
			return ERR_MALFORMED;
		sample.t_ms = t_ms;
		while (k < chunk->n_q_index && chunk->q_index[k] < i)
			k++;
		if (k < chunk->n_q_index && chunk->q_index[k] == i)
			sample.quality = chunk->q_value[k];
		if (samples_add(s, sample) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int read_range(struct ctl *c, Suandian__V1__QueryRange *body, struct samples *ret)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *part;
	int r;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE;
	env.query_range = body;
	r = ctl_stream(c, &env);
	if (r)
		return r;
	while ((r = ctl_next(c, SUANDIAN__V1__ENVELOPE__BODY_RANGE_CHUNK, &part)) == 1) {
		int rc = take_chunk(ret, part->range_chunk);

		if (rc < 0)
			return ctl_fail(c, rc, "a chunk of samples: %s", err_text(rc));
	}
	return -r;
}

/* ---- Output -------------------------------------------------------------------------------------- */

static struct format quality_of(const struct sample *s)
{
	return format_enum(&suandian__v1__quality__descriptor, (int)s->quality);
}

static void print_csv(const struct ctl *c, const struct samples *s)
{
	out_line(&c->out, STYLE_PLAIN, "time,t_ms,value,quality");
	for (size_t i = 0; i < s->n; i++)
		out_line(&c->out, STYLE_PLAIN, "%s,%" PRId64 ",%.15g,%s",
			 format_seconds(c->zone, s->at[i].t_ms).s, s->at[i].t_ms, s->at[i].value,
			 quality_of(&s->at[i]).s);
}

static json_t *range_json(const Suandian__V1__PointInfo *p, const Suandian__V1__QueryRange *q,
			  const struct samples *s)
{
	json_t *array = json_array();

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(array,
				      json_pack("{s:I,s:o,s:s}", "t_ms", (json_int_t)s->at[i].t_ms,
						"value",
						isfinite(s->at[i].value) ? json_real(s->at[i].value)
									 : json_null(),
						"quality", quality_of(&s->at[i]).s));
	return json_pack("{s:o,s:s,s:I,s:I,s:o}", "point", message_text(p->decl->name), "unit",
			 format_unit_key(p->decl->unit), "from_ms", (json_int_t)q->from_ms, "to_ms",
			 (json_int_t)q->to_ms, "samples", array);
}

static void print_summary(const struct ctl *c, const Suandian__V1__PointInfo *p,
			  const struct samples *s)
{
	double lo = INFINITY, hi = -INFINITY, sum = 0;
	double *value = calloc(s->n, sizeof(*value));
	Suandian__V1__Unit unit = p->decl->unit;
	struct buf line;

	if (!value)
		return;
	buf_init(&line, 0);
	for (size_t i = 0; i < s->n; i++) {
		value[i] = s->at[i].value;
		lo = fmin(lo, value[i]);
		hi = fmax(hi, value[i]);
		sum += value[i];
	}
	spark_put(&line, value, s->n, SPARK_COLUMNS, c->out.ascii);
	out_line(&c->out, STYLE_GRID, "  %s", buf_str(&line));
	out_line(&c->out, STYLE_PLAIN, "  least %s, mean %s, most %s", format_value(lo, unit).s,
		 format_value(sum / (double)s->n, unit).s, format_value(hi, unit).s);
	out_end(&c->out);
	buf_fini(&line);
	free(value);
}

static void print_range(const struct ctl *c, const Suandian__V1__PointInfo *p,
			const Suandian__V1__QueryRange *q, const struct samples *s)
{
	struct table t;

	out_part(&c->out, STYLE_BOLD, "%s", p->decl->name);
	out_line(&c->out, STYLE_PLAIN, "  %s, %zu samples",
		 format_interval(c->zone, q->from_ms, q->to_ms).s, s->n);
	if (s->n == 0)
		return;
	print_summary(c, p, s);
	table_init(&t);
	table_column(&t, ALIGN_LEFT, "time");
	table_column(&t, ALIGN_RIGHT, "value");
	table_column(&t, ALIGN_LEFT, "quality");
	for (size_t i = 0; i < s->n; i++) {
		table_cell(&t, STYLE_PLAIN, "%s", format_seconds(c->zone, s->at[i].t_ms).s);
		table_cell(&t, STYLE_PLAIN, "%s", format_value(s->at[i].value, p->decl->unit).s);
		table_cell(&t, describe_quality_style(s->at[i].quality), "%s",
			   quality_of(&s->at[i]).s);
	}
	table_print(&t, &c->out, 2);
	table_fini(&t);
}

int cmd_range(struct ctl *c)
{
	Suandian__V1__QueryRange q = SUANDIAN__V1__QUERY_RANGE__INIT;
	const Suandian__V1__PointInfo *p;
	struct samples s = {0};
	int r = ctl_connect(c, c->args.operand[0]);

	if (r)
		return r;
	q.to_ms = ctl_time(c, OPT_TO, c->now_ms);
	q.from_ms = ctl_time(c, OPT_FROM, q.to_ms - MS_PER_H);
	q.max_samples = (uint64_t)args_number(&c->args, OPT_LIMIT, 0);
	r = ctl_check_interval(c, q.from_ms, q.to_ms);
	r = r ? r : ask_point(c, c->args.operand[0], &p);
	if (r)
		return r;
	q.point = p->id;
	r = read_range(c, &q, &s);
	if (r == CTL_OK && c->json)
		r = ctl_print_json(c, range_json(p, &q, &s));
	else if (r == CTL_OK && args_has(&c->args, OPT_CSV))
		print_csv(c, &s);
	else if (r == CTL_OK)
		print_range(c, p, &q, &s);
	free(s.at);
	return r;
}
