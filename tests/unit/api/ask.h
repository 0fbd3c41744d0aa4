/* Requests with one empty or simple body, built in place: ASK(env, HEALTH, health, Suandian__V1__Health,
 * SUANDIAN__V1__HEALTH__INIT) declares `body` and `env`. */
#pragma once

#include "suandian/v1/envelope.pb-c.h"

#define ASK(NAME, member, type, init)                                                              \
	type body = init;                                                                          \
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;                                 \
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_##NAME;                                       \
	env.member = &body
