/* The facts of the audit chain, one function each. A body is canonical JSON with its kind and engine time; the record
 * joins the open batch, so that a fact and its audit are one commit. */
#pragma once

#include "engine/json.h"
#include "model/decision.h"
#include "model/event.h"
#include "model/plan.h"

struct engine;

/* For other files of facts: opens the object in a buffer of its own; closes, chains and frees it. */
void audit_begin(struct json *j, struct buf *out);
void audit_append(struct engine *e, struct json *j);

/* how: "adopted", "shifted". */
void audit_plan(struct engine *e, const struct plan *p, const char *how, const char *why);
void audit_decision(struct engine *e, const struct decision *d);
/* It left: superseded, expired, failed, rejected. `reached` is its state before. */
void audit_decision_end(struct engine *e, const struct decision *d, int reached);
/* Those whose lease was renewed in this slot. */
void audit_renewals(struct engine *e, const uint64_t *ids, int n, int64_t until_ms);
/* The event's last move. */
void audit_event_move(struct engine *e, const struct event *ev);
/* The one in force now; who brought it (NULL: the start), and what was in force before (NULL: not known). */
void audit_configuration(struct engine *e, const char *who, const uint8_t *old_hash);
