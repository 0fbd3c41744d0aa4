#include "api/map_in.h"

#include <stdio.h>
#include <string.h>

#include "api/limits.h"
#include "base/utf8.h"

#define PRICE_MAX_E4 INT64_C(10000000000) /* a million CNY per kWh */
#define POWER_MAX_W INT64_C(1000000000000)

/* ---- Texts and times --------------------------------------------------------------------------- */

int map_in_name(struct refusal *r, const char *field, const char *s, char out[NAME_MAX_B])
{
	if (!point_name_is_valid(s))
		return refuse(r, ERR_INVALID, field,
			      "parts of [a-z0-9_.-] joined by '/', 1 to %d bytes in all",
			      NAME_MAX_B - 1);
	snprintf(out, NAME_MAX_B, "%s", s);
	return 0;
}

int map_in_id(struct refusal *r, const char *field, const char *s, char out[ID_MAX])
{
	if (!id_is_valid(s))
		return refuse(r, ERR_INVALID, field, "1 to %d bytes of [a-z0-9_.-]", ID_MAX - 1);
	snprintf(out, ID_MAX, "%s", s);
	return 0;
}

int map_in_asset(struct refusal *r, const char *field, const char *s, char out[2 * ID_MAX])
{
	if (!point_name_is_valid(s) || !strchr(s, '/'))
		return refuse(r, ERR_INVALID, field, "a site and an asset, joined by '/'");
	snprintf(out, (size_t)2 * ID_MAX, "%s", s);
	return 0;
}

int map_in_foreign_id(struct refusal *r, const char *field, const char *s, size_t cap, char *out)
{
	size_t n = strlen(s);

	if (n == 0 || n >= cap || !text_is_valid(s, n))
		return refuse(r, ERR_INVALID, field, "1 to %zu bytes of clean UTF-8", cap - 1);
	memcpy(out, s, n + 1);
	return 0;
}

int map_in_note(struct refusal *r, const char *field, const char *s, size_t cap, char *out)
{
	size_t n = strlen(s);

	if (!text_is_valid(s, n))
		return refuse(r, ERR_INVALID, field, "is not clean UTF-8");
	if (n >= cap)
		n = utf8_cut(s, cap - 1);
	memcpy(out, s, n);
	out[n] = '\0';
	return 0;
}

int map_in_time(struct refusal *r, const char *field, int64_t t_ms)
{
	if (t_ms < 0 || t_ms > TIME_MAX_MS)
		return refuse(r, ERR_INVALID, field, "is not between the years 1970 and 2200");
	return 0;
}

int map_in_span(struct refusal *r, int64_t from_ms, int64_t to_ms, int64_t *ret_to_ms)
{
	int rc = map_in_time(r, "from_ms", from_ms);

	if (rc == 0)
		rc = map_in_time(r, "to_ms", to_ms);
	if (rc < 0)
		return rc;
	if (to_ms != 0 && to_ms < from_ms)
		return refuse(r, ERR_INVALID, "to_ms", "lies before from_ms");
	*ret_to_ms = to_ms ? to_ms : TIME_MAX_MS;
	return 0;
}

static int check_range(struct refusal *r, const char *field, int64_t x, int64_t lo, int64_t hi)
{
	if (x < lo || x > hi)
		return refuse(r, ERR_INVALID, field, "is not between %lld and %lld", (long long)lo,
			      (long long)hi);
	return 0;
}

static int out_of_memory(struct refusal *r)
{
	return refuse(r, ERR_FULL, "", "the request needs too much memory");
}

/* ---- Points ------------------------------------------------------------------------------------ */

static int map_decl(struct refusal *r, size_t i, const Suandian__V1__PointDecl *m,
		    struct point_decl *ret)
{
	struct fault fault = {0};

	*ret = (struct point_decl){
		.unit = (enum unit)m->unit,
		.kind = (enum value_kind)m->kind,
		.label = (enum point_label)m->label,
		.period_ms = m->period_ms,
		.has_min = m->has_min_case == SUANDIAN__V1__POINT_DECL__HAS_MIN_MIN,
		.has_max = m->has_max_case == SUANDIAN__V1__POINT_DECL__HAS_MAX_MAX,
	};
	ret->min = ret->has_min ? m->min : 0;
	ret->max = ret->has_max ? m->max : 0;
	if (map_in_name(r, "", m->name, ret->name) < 0)
		return refuse_at(r, "points", i, "name", "parts of [a-z0-9_.-] joined by '/'");
	if (m->unit <= 0 || (int)m->unit > UNIT_LAST)
		return refuse_at(r, "points", i, "unit", "is none that we know");
	if (m->kind <= 0 || (int)m->kind > KIND_LAST)
		return refuse_at(r, "points", i, "kind", "is none that we know");
	if (m->label < 0 || (int)m->label > LABEL_END)
		return refuse_at(r, "points", i, "label", "is none that we know");
	if (map_in_note(r, "", m->description, sizeof(ret->description), ret->description) < 0)
		return refuse_at(r, "points", i, "description", "is not clean UTF-8");
	if (point_decl_check(ret, &fault) < 0)
		return refuse_at(r, "points", i, "", fault.text);
	return 0;
}

int map_in_decls(struct refusal *r, const Suandian__V1__DeclarePoints *m, struct arena *a,
		 struct point_decl **ret)
{
	struct point_decl *decls;

	if (m->n_points == 0 || m->n_points > DECLARE_MAX)
		return refuse(r, m->n_points ? ERR_FULL : ERR_INVALID, "points",
			      "1 to %d declarations at a time", DECLARE_MAX);
	decls = ARENA_ARRAY(a, m->n_points, struct point_decl);
	if (!decls)
		return out_of_memory(r);
	for (size_t i = 0; i < m->n_points; i++) {
		int rc = map_decl(r, i, m->points[i], &decls[i]);

		if (rc < 0)
			return rc;
	}
	*ret = decls;
	return 0;
}

int map_in_layout(struct refusal *r, const Suandian__V1__RegisterLayout *m,
		  const struct bounds *bounds)
{
	if (m->layout == 0 || m->layout > LAYOUT_NUMBER_MAX)
		return refuse(r, ERR_INVALID, "layout", "1 to %d", LAYOUT_NUMBER_MAX);
	if (m->n_point == 0 || m->n_point > LAYOUT_POINTS_MAX)
		return refuse(r, m->n_point ? ERR_FULL : ERR_INVALID, "point", "1 to %d points",
			      LAYOUT_POINTS_MAX);
	for (size_t i = 0; i < m->n_point; i++)
		if (m->point[i] == 0 || m->point[i] > bounds->n_points)
			return refuse_at(r, "point", i, "", "is no number of a declared point");
	return 0;
}

/* ---- Samples ----------------------------------------------------------------------------------- */

static int check_columns(struct refusal *r, const Suandian__V1__PushSamples *m,
			 const struct layout *layout)
{
	size_t n = m->n_value;

	if (m->seq == 0)
		return refuse(r, ERR_INVALID, "seq", "counts from 1");
	if (n > BATCH_SAMPLES_MAX)
		return refuse(r, ERR_FULL, "value", "at most %d samples in one batch",
			      BATCH_SAMPLES_MAX);
	if (m->n_dt_ms != n)
		return refuse(r, ERR_INVALID, "dt_ms", "has %zu entries for %zu values", m->n_dt_ms,
			      n);
	if (m->layout != 0 && !layout)
		return refuse(r, ERR_INVALID, "layout", "is not registered in this session");
	if (m->layout != 0 && m->n_point_delta != 0)
		return refuse(r, ERR_INVALID, "point_delta", "stands beside a layout");
	if (m->layout == 0 && m->n_point_delta != n)
		return refuse(r, ERR_INVALID, "point_delta", "has %zu entries for %zu values",
			      m->n_point_delta, n);
	if (m->n_q_index != m->n_q_value)
		return refuse(r, ERR_INVALID, "q_value", "has %zu entries for %zu indexes",
			      m->n_q_value, m->n_q_index);
	return map_in_time(r, "base_ms", m->base_ms);
}

static int check_qualities(struct refusal *r, const Suandian__V1__PushSamples *m)
{
	for (size_t i = 0; i < m->n_q_index; i++) {
		if (m->q_index[i] >= m->n_value)
			return refuse_at(r, "q_index", i, "", "lies beyond the values");
		if (i > 0 && m->q_index[i] <= m->q_index[i - 1])
			return refuse_at(r, "q_index", i, "", "is not above the one before");
		if (m->q_value[i] < 0 || (int)m->q_value[i] > QUALITY_BAD)
			return refuse_at(r, "q_value", i, "", "is no quality");
	}
	return 0;
}

/* The columns being filled. */
struct columns {
	uint32_t *point;
	int64_t *t_ms;
	double *value;
	uint8_t *quality;
	uint32_t n;
};

/* Where the walk over the message stands; sums cannot overflow: 10 000 steps of 32 bits. */
struct cursor {
	int64_t point, t_ms;
	size_t q; /* into q_index */
};

static enum quality quality_at(const Suandian__V1__PushSamples *m, size_t i, size_t *q)
{
	if (*q < m->n_q_index && m->q_index[*q] == i)
		return (enum quality)m->q_value[(*q)++];
	return QUALITY_OK;
}

static int take_sample(struct refusal *r, const Suandian__V1__PushSamples *m, size_t i,
		       const struct bounds *bounds, struct cursor *at, struct columns *to)
{
	enum quality quality = quality_at(m, i, &at->q);
	bool finite = __builtin_isfinite(m->value[i]);

	if (at->point < 1 || at->point > (int64_t)bounds->n_points)
		return refuse_at(r, m->layout ? "layout" : "point_delta", i, "",
				 "leads to no declared point");
	if (at->t_ms < 0 || at->t_ms > bounds->now_ms + SAMPLE_AHEAD_MS)
		return refuse_at(r, "dt_ms", i, "",
				 "leads to a time before 1970 or over a day in the future");
	if (!finite && quality != QUALITY_MISSING)
		return refuse_at(r, "value", i, "", "is not finite and not marked MISSING");
	if (quality == QUALITY_MISSING)
		return 0;
	to->point[to->n] = (uint32_t)at->point;
	to->t_ms[to->n] = at->t_ms;
	to->value[to->n] = m->value[i];
	to->quality[to->n] = (uint8_t)quality;
	to->n++;
	return 0;
}

int map_in_batch(struct refusal *r, const Suandian__V1__PushSamples *m, const struct layout *layout,
		 const struct bounds *bounds, struct arena *a, struct sample_batch *ret)
{
	size_t n = m->n_value;
	struct cursor at = {.t_ms = m->base_ms};
	int rc = check_columns(r, m, layout);

	if (rc == 0)
		rc = check_qualities(r, m);
	if (rc < 0)
		return rc;
	struct columns to = {
		.point = ARENA_ARRAY(a, n, uint32_t),
		.t_ms = ARENA_ARRAY(a, n, int64_t),
		.value = ARENA_ARRAY(a, n, double),
		.quality = ARENA_ARRAY(a, n, uint8_t),
	};
	if (!to.point || !to.t_ms || !to.value || !to.quality)
		return out_of_memory(r);
	for (size_t i = 0; i < n; i++) {
		at.point = m->layout ? layout->point[i % layout->n] : at.point + m->point_delta[i];
		at.t_ms += m->dt_ms[i];
		rc = take_sample(r, m, i, bounds, &at, &to);
		if (rc < 0)
			return rc;
	}
	*ret = (struct sample_batch){
		.epoch = m->epoch,
		.seq = m->seq,
		.correction = m->correction,
		.n = to.n,
		.point = to.point,
		.t_ms = to.t_ms,
		.value = to.value,
		.quality = to.quality,
	};
	return 0;
}

/* ---- Curves ------------------------------------------------------------------------------------ */

static int check_curve(struct refusal *r, const Suandian__V1__PushCurve *m,
		       const struct bounds *bounds)
{
	int rc = 0;

	if (m->point == 0 || m->point > bounds->n_points)
		return refuse(r, ERR_INVALID, "point", "is no number of a declared point");
	if (m->label != SUANDIAN__V1__POINT_LABEL__LABEL_START &&
	    m->label != SUANDIAN__V1__POINT_LABEL__LABEL_END)
		return refuse(r, ERR_INVALID, "label",
			      "must say which end of its interval a time stamp marks");
	if (m->n_value == 0 || m->n_value > CURVE_MAX)
		return refuse(r, m->n_value ? ERR_FULL : ERR_INVALID, "value", "1 to %d steps",
			      CURVE_MAX);
	if (m->n_p10 != 0 && m->n_p10 != m->n_value)
		return refuse(r, ERR_INVALID, "p10", "is not as long as value");
	if (m->n_p90 != 0 && m->n_p90 != m->n_value)
		return refuse(r, ERR_INVALID, "p90", "is not as long as value");
	rc = check_range(r, "step_ms", m->step_ms, MS_PER_S, MS_PER_DAY);
	if (rc == 0)
		rc = map_in_time(r, "issue_ms", m->issue_ms);
	if (rc == 0)
		rc = map_in_time(r, "start_ms", m->start_ms);
	return rc;
}

static double *map_values(struct arena *a, const double *from, size_t n)
{
	double *to = ARENA_ARRAY(a, n, double);

	for (size_t i = 0; to && i < n; i++)
		to[i] = __builtin_isfinite(from[i]) ? from[i] : __builtin_nan("");
	return to;
}

int map_in_curve(struct refusal *r, const Suandian__V1__PushCurve *m, const struct bounds *bounds,
		 struct arena *a, struct curve *ret)
{
	int rc = check_curve(r, m, bounds);

	if (rc < 0)
		return rc;
	*ret = (struct curve){
		.point = m->point,
		.issue_ms = m->issue_ms,
		.start_ms = curve_normal_start((enum point_label)m->label, m->start_ms, m->step_ms),
		.step_ms = m->step_ms,
		.n = (uint32_t)m->n_value,
		.value = map_values(a, m->value, m->n_value),
		.p10 = m->n_p10 ? map_values(a, m->p10, m->n_p10) : NULL,
		.p90 = m->n_p90 ? map_values(a, m->p90, m->n_p90) : NULL,
	};
	if (!ret->value || (m->n_p10 && !ret->p10) || (m->n_p90 && !ret->p90))
		return out_of_memory(r);
	return 0;
}

/* ---- Events and acks --------------------------------------------------------------------------- */

static int map_target(struct refusal *r, const Suandian__V1__Event *m, struct event *ret)
{
	switch (m->target_case) {
	case SUANDIAN__V1__EVENT__TARGET_PCC_CAP_W:
		ret->target = TARGET_PCC_CAP;
		ret->target_w = m->pcc_cap_w;
		return check_range(r, "event.pcc_cap_w", m->pcc_cap_w, -POWER_MAX_W, POWER_MAX_W);
	case SUANDIAN__V1__EVENT__TARGET_REDUCTION_W:
		ret->target = TARGET_REDUCTION;
		ret->target_w = m->reduction_w;
		return check_range(r, "event.reduction_w", m->reduction_w, 0, POWER_MAX_W);
	default:
		ret->target = TARGET_NULL;
		return 0;
	}
}

static int map_event_names(struct refusal *r, const Suandian__V1__Event *m,
			   const char *default_source, struct event *ret)
{
	int rc = map_in_foreign_id(r, "event.source", m->source[0] ? m->source : default_source,
				   sizeof(ret->source), ret->source);

	if (rc == 0)
		rc = map_in_foreign_id(r, "event.external_id", m->external_id,
				       sizeof(ret->external_id), ret->external_id);
	if (rc == 0)
		rc = map_in_id(r, "event.site", m->site, ret->site);
	if (rc == 0 && m->correlation_id[0])
		rc = map_in_foreign_id(r, "event.correlation_id", m->correlation_id,
				       sizeof(ret->correlation_id), ret->correlation_id);
	if (rc == 0)
		rc = map_in_note(r, "event.note", m->note, sizeof(ret->note), ret->note);
	if (rc < 0)
		return rc;
	if (m->baseline[0] && strcmp(m->baseline, "no_event_plan") != 0)
		return refuse(r, ERR_INVALID, "event.baseline", "only no_event_plan so far");
	snprintf(ret->baseline, sizeof(ret->baseline), "no_event_plan");
	return 0;
}

static int map_event_times(struct refusal *r, const Suandian__V1__Event *m, struct event *ret)
{
	bool has_end = m->has_end_case == SUANDIAN__V1__EVENT__HAS_END_END_MS;
	int rc = map_in_time(r, "event.start_ms", m->start_ms);

	if (rc == 0 && has_end)
		rc = map_in_time(r, "event.end_ms", m->end_ms);
	if (rc == 0)
		rc = check_range(r, "event.ramp_ms", m->ramp_ms, 0, MS_PER_DAY);
	if (rc < 0)
		return rc;
	if (has_end && m->end_ms <= m->start_ms)
		return refuse(r, ERR_INVALID, "event.end_ms", "is not after the start");
	ret->start_ms = m->start_ms;
	ret->end_ms = has_end ? m->end_ms : EVENT_OPEN_END;
	ret->ramp_ms = m->ramp_ms;
	return 0;
}

static int map_event_terms(struct refusal *r, const Suandian__V1__Event *m, struct event *ret)
{
	int rc = check_range(r, "event.band_permille", m->band_permille, 0, 1000);

	if (rc == 0)
		rc = check_range(r, "event.pay_price", m->pay_price, 0, PRICE_MAX_E4);
	if (rc == 0)
		rc = check_range(r, "event.penalty_price", m->penalty_price, 0, PRICE_MAX_E4);
	if (rc == 0)
		rc = check_range(r, "event.priority", m->priority, 0, 1000);
	if (rc < 0)
		return rc;
	if (m->direction != SUANDIAN__V1__DIRECTION__DIRECTION_UP &&
	    m->direction != SUANDIAN__V1__DIRECTION__DIRECTION_DN)
		return refuse(r, ERR_INVALID, "event.direction",
			      "must be UP (lowers net load) or DN (raises it)");
	ret->direction = (enum direction)m->direction;
	ret->band_permille = m->band_permille;
	ret->pay_price_e4 = m->pay_price;
	ret->penalty_price_e4 = m->penalty_price;
	ret->priority = m->priority;
	return 0;
}

int map_in_event(struct refusal *r, const Suandian__V1__Event *m, const char *default_source,
		 struct event *ret)
{
	int rc;

	if (!m)
		return refuse(r, ERR_INVALID, "event", "is missing");
	*ret = (struct event){.revision = m->revision};
	rc = map_event_names(r, m, default_source, ret);
	if (rc == 0)
		rc = map_event_times(r, m, ret);
	if (rc == 0)
		rc = map_event_terms(r, m, ret);
	return rc == 0 ? map_target(r, m, ret) : rc;
}

int map_in_ack_state(struct refusal *r, Suandian__V1__DecisionState state, enum decision_state *ret)
{
	switch (state) {
	case SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED:
	case SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED:
	case SUANDIAN__V1__DECISION_STATE__DECISION_FAILED:
	case SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED:
		*ret = (enum decision_state)state;
		return 0;
	default:
		return refuse(r, ERR_INVALID, "state", "ACCEPTED, APPLIED, FAILED or REJECTED");
	}
}
