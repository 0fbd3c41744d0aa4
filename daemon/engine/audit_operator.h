/* The facts of the audit chain that operators make. As audit.h. */
#pragma once

#include "model/dayflag.h"
#include "model/instruction.h"

struct engine;

/* how: "put", "approved", or the name of the state that it moved to. */
void audit_instruction(struct engine *e, const struct instruction *in, const char *how);
void audit_day_flag(struct engine *e, const struct day_flag *flag);
