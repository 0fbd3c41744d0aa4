#include "api/map_operator.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/map_out.h"
#include "base/num.h"

#define STR(s) ((char *)(s))
#define POWER_MAX_W INT64_C(1000000000000)

/* ---- In ---------------------------------------------------------------------------------------- */

static int map_reason(struct refusal *r, const char *s, struct instruction *ret)
{
	if (!s[0])
		return refuse(r, ERR_INVALID, "reason", "is compulsory");
	return map_in_note(r, "reason", s, sizeof(ret->reason), ret->reason);
}

static int check_power(struct refusal *r, const char *field, int64_t w)
{
	if (w < -POWER_MAX_W || w > POWER_MAX_W)
		return refuse(r, ERR_INVALID, field, "is out of range");
	return 0;
}

static int map_value(struct refusal *r, const Suandian__V1__PutOverride *m, struct instruction *ret)
{
	switch (m->value_case) {
	case SUANDIAN__V1__PUT_OVERRIDE__VALUE_POWER_W:
		ret->what = OVERRIDE_POWER;
		ret->value_w = m->power_w;
		return check_power(r, "power_w", m->power_w);
	case SUANDIAN__V1__PUT_OVERRIDE__VALUE_CAP_W:
		ret->what = OVERRIDE_CAP;
		ret->value_w = m->cap_w;
		return check_power(r, "cap_w", m->cap_w);
	case SUANDIAN__V1__PUT_OVERRIDE__VALUE_RELEASE:
		if (m->release) {
			ret->what = OVERRIDE_RELEASE;
			return 0;
		}
		break;
	default:
		break;
	}
	return refuse(r, ERR_INVALID, "value", "power_w, cap_w or release is compulsory");
}

int map_in_override(struct refusal *r, const Suandian__V1__PutOverride *m, struct instruction *ret)
{
	int rc = map_in_asset(r, "asset", m->asset, ret->target);

	ret->kind = INSTRUCTION_OVERRIDE;
	if (rc == 0)
		rc = map_value(r, m, ret);
	if (rc == 0)
		rc = map_in_time(r, "until_ms", m->until_ms);
	ret->until_ms = m->until_ms;
	return rc == 0 ? map_reason(r, m->reason, ret) : rc;
}

int map_in_availability(struct refusal *r, const Suandian__V1__SetAvailability *m,
			struct instruction *ret)
{
	int rc = map_in_asset(r, "asset", m->asset, ret->target);

	ret->kind = INSTRUCTION_AVAILABILITY;
	ret->out = m->out;
	if (rc == 0)
		rc = map_in_time(r, "until_ms", m->until_ms);
	ret->until_ms = m->until_ms;
	return rc == 0 ? map_reason(r, m->reason, ret) : rc;
}

int map_in_mode(struct refusal *r, const Suandian__V1__SetMode *m, struct instruction *ret)
{
	int rc = 0;

	ret->kind = INSTRUCTION_MODE;
	if (m->site[0])
		rc = map_in_id(r, "site", m->site, ret->target);
	if (rc == 0 && (m->mode <= 0 || m->mode > (int)MODE_LAST))
		rc = refuse(r, ERR_INVALID, "mode", "auto, advisory or hold");
	ret->mode = (enum site_mode)m->mode;
	return rc == 0 ? map_reason(r, m->reason, ret) : rc;
}

int map_in_date(struct refusal *r, const char *field, const char *s, int32_t *ret_day)
{
	char text[32];
	int64_t t_ms;

	snprintf(text, sizeof(text), "%.10sT00:00Z", s);
	if (strlen(s) != 10 || num_parse_time_ms(text, INT32_MIN, &t_ms) || t_ms < 0)
		return refuse(r, ERR_INVALID, field, "a date such as 2025-07-15");
	*ret_day = (int32_t)(t_ms / MS_PER_DAY);
	return 0;
}

int map_in_day_flag(struct refusal *r, const Suandian__V1__PushDayFlags *m, int64_t now_ms,
		    struct day_flag *ret)
{
	int rc = map_in_note(r, "scope", m->scope, sizeof(ret->scope), ret->scope);

	if (rc == 0)
		rc = map_in_id(r, "flag", m->flag, ret->name);
	if (rc == 0)
		rc = map_in_time(r, "issue_ms", m->issue_ms);
	if (rc == 0 && m->n_date == 0)
		rc = refuse(r, ERR_INVALID, "date", "at least one");
	ret->set = !m->cleared;
	ret->issue_ms = m->issue_ms ? m->issue_ms : now_ms;
	return rc;
}

/* ---- Out --------------------------------------------------------------------------------------- */

static void map_out_value(const struct instruction *in, Suandian__V1__Instruction *m)
{
	switch (in->what) {
	case OVERRIDE_POWER:
		m->value_case = SUANDIAN__V1__INSTRUCTION__VALUE_POWER_W;
		m->power_w = in->value_w;
		break;
	case OVERRIDE_CAP:
		m->value_case = SUANDIAN__V1__INSTRUCTION__VALUE_CAP_W;
		m->cap_w = in->value_w;
		break;
	case OVERRIDE_RELEASE:
		m->value_case = SUANDIAN__V1__INSTRUCTION__VALUE_RELEASE;
		m->release = true;
		break;
	case OVERRIDE_NONE:
		break;
	}
}

static char *say(struct arena *a, const struct instruction *in)
{
	char text[TEXT_MAX_B];

	return arena_strdup(a, instruction_say(in, text, sizeof(text)));
}

Suandian__V1__Instruction *map_out_instruction(struct arena *a, const struct instruction *in)
{
	Suandian__V1__Instruction *m = ARENA_NEW(a, Suandian__V1__Instruction);

	if (!m)
		return NULL;
	*m = (Suandian__V1__Instruction)SUANDIAN__V1__INSTRUCTION__INIT;
	m->number = in->id;
	m->kind = (Suandian__V1__InstructionKind)in->kind;
	m->state = (Suandian__V1__InstructionState)in->state;
	m->target = STR(in->target);
	map_out_value(in, m);
	m->out = in->out;
	m->mode = (Suandian__V1__SiteMode)in->mode;
	m->event = in->event ? map_out_event(a, in->event)->event : NULL;
	m->put_ms = in->put_ms;
	m->until_ms = in->until_ms == INT64_MAX ? 0 : in->until_ms;
	m->who = STR(in->who);
	m->reason = STR(in->reason);
	m->pending_until_ms = in->pending_until_ms;
	m->by = STR(in->by);
	m->decided_ms = in->decided_ms;
	m->ended_ms = in->ended_ms;
	m->ended_by = STR(in->ended_by);
	m->text = STR(in->text);
	m->successor = in->successor;
	m->say = say(a, in);
	return m->say ? m : NULL;
}

Suandian__V1__DayFlag *map_out_day_flag(struct arena *a, const struct day_flag *f)
{
	Suandian__V1__DayFlag *m = ARENA_NEW(a, Suandian__V1__DayFlag);
	int year, month, day;

	if (!m)
		return NULL;
	*m = (Suandian__V1__DayFlag)SUANDIAN__V1__DAY_FLAG__INIT;
	num_civil_from_days(f->day, &year, &month, &day);
	m->scope = STR(f->scope);
	m->flag = STR(f->name);
	m->date = arena_printf(a, "%04d-%02d-%02d", year, month, day);
	m->set = f->set;
	m->source = STR(f->source);
	m->issue_ms = f->issue_ms;
	m->put_ms = f->put_ms;
	m->who = STR(f->who);
	return m->date ? m : NULL;
}
