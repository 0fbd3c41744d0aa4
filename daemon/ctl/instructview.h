/* What operators said, for people. */
#pragma once

#include "ctl/ctl.h"
#include "suandian/v1/operator.pb-c.h"

/* As a table; nothing where there are none. */
void instructview_print(const struct ctl *c, Suandian__V1__Instruction *const *at, size_t n);
/* Sends a change, whose answer is Ok; prints it, and `done` where it is done as asked. */
int instructview_send(struct ctl *c, Suandian__V1__Envelope *env, const char *done);
