/* Operators' messages to the model and back. Same rules as map_in.h and map_out.h. Pure. */
#pragma once

#include "api/map_in.h"
#include "model/dayflag.h"
#include "model/instruction.h"
#include "suandian/v1/operator.pb-c.h"

int map_in_override(struct refusal *r, const Suandian__V1__PutOverride *m, struct instruction *ret);
int map_in_availability(struct refusal *r, const Suandian__V1__SetAvailability *m,
			struct instruction *ret);
int map_in_mode(struct refusal *r, const Suandian__V1__SetMode *m, struct instruction *ret);
/* Scope, flag and issue; the dates are map_in_date()'s. now_ms: where no time of issue is given. */
int map_in_day_flag(struct refusal *r, const Suandian__V1__PushDayFlags *m, int64_t now_ms,
		    struct day_flag *ret);
/* "2025-07-15" */
int map_in_date(struct refusal *r, const char *field, const char *s, int32_t *ret_day);

Suandian__V1__Instruction *map_out_instruction(struct arena *a, const struct instruction *in);
Suandian__V1__DayFlag *map_out_day_flag(struct arena *a, const struct day_flag *f);
