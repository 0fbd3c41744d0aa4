/* Requests: numbering, answers, time-outs, and what is kept over a reconnect. */
#include <stdlib.h>

#include "base/require.h"
#include "proto/client_priv.h"
#include "proto/codec.h"
#include "proto/frame.h"

static bool is_stream(const Suandian__V1__Envelope *env)
{
	switch (env->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE:
	case SUANDIAN__V1__ENVELOPE__BODY_BACKTEST:
	case SUANDIAN__V1__ENVELOPE__BODY_READ_AUDIT:
	case SUANDIAN__V1__ENVELOPE__BODY_SUBSCRIBE_DECISIONS:
		return true;
	default:
		return false;
	}
}

static int64_t due_ms(const struct client *c, const struct client_request *how)
{
	int64_t span_ms = how->timeout_ms ? how->timeout_ms : CLIENT_REQUEST_TIMEOUT_MS;
	int64_t due;

	if (how->keep || span_ms < 0 || __builtin_add_overflow(c->now_ms, span_ms, &due))
		return INT64_MAX;
	return due;
}

/* The frame is built aside, so that a failure leaves nothing half done. */
static int send_request(struct client *c, Suandian__V1__Envelope *env, struct request *head,
			uint64_t *ret_id)
{
	int r;

	if (c->out.err)
		return c->out.err;
	env->id = head->id = c->next_id;
	head->due_ms = due_ms(c, &head->how);
	head->stream = is_stream(env);
	buf_reset(&c->scratch);
	r = env->body_case ? codec_encode(&c->scratch, env) : ERR_INVALID;
	if (r == 0 && buf_avail(&c->scratch) > FRAME_PREFIX_MAX + c->max_frame)
		r = ERR_INVALID;
	if (r < 0)
		return r;
	head->size = head->how.keep ? buf_avail(&c->scratch) : 0;
	r = requests_add(&c->requests, head, buf_peek(&c->scratch));
	if (r < 0)
		return r;
	if (c->state == CLIENT_READY)
		r = buf_append(&c->out, buf_peek(&c->scratch), buf_avail(&c->scratch));
	if (r < 0) {
		free(requests_take(&c->requests, head->id));
		return r;
	}
	c->stats.frames_out += c->state == CLIENT_READY;
	c->next_id++;
	if (ret_id)
		*ret_id = head->id;
	return 0;
}

int client_request(struct client *c, Suandian__V1__Envelope *env, const struct client_request *how,
		   uint64_t *ret_id)
{
	struct request head = {.how = *how};

	if (!how->keep && c->state != CLIENT_READY)
		return ERR_STATE;
	if (how->keep ? c->requests.n_kept >= CLIENT_KEPT_MAX
		      : c->requests.n_user >= c->max_in_flight)
		return ERR_FULL;
	return send_request(c, env, &head, ret_id);
}

int client_request_own(struct client *c, Suandian__V1__Envelope *env, client_answer_cb on_answer,
		       void *arg, uint64_t *ret_id)
{
	struct request head = {
		.how = {.on_answer = on_answer, .arg = arg, .timeout_ms = -1},
		.own = true,
	};

	REQUIRE(c->state == CLIENT_READY);
	return send_request(c, env, &head, ret_id);
}

/* ---- Ends --------------------------------------------------------------------------------------- */

/* The answer (Ok, or NOT_FOUND if the stream ended meanwhile) tells nothing new. */
static void unsubscribe(struct client *c, const struct request *req)
{
	Suandian__V1__Unsubscribe body = SUANDIAN__V1__UNSUBSCRIBE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	if (!req->stream || c->state != CLIENT_READY)
		return;
	body.request_id = req->id;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_UNSUBSCRIBE;
	env.unsubscribe = &body;
	/* Out of memory: the daemon goes on sending, and we drop it unmatched. */
	(void)client_request_own(c, &env, NULL, NULL, NULL);
}

int client_cancel(struct client *c, uint64_t id)
{
	struct request *req = requests_take(&c->requests, id);

	if (!req)
		return ERR_NOTFOUND;
	unsubscribe(c, req);
	free(req);
	return 0;
}

static void end_with(struct client *c, struct request *req, int code)
{
	struct fault fault = {0};
	struct client_answer answer = {.code = code, .fault = &fault, .last = true};

	fault_set(&fault, code, "%s", err_text(code));
	unsubscribe(c, req);
	if (req->how.on_answer)
		req->how.on_answer(req->how.arg, &answer);
	free(req);
}

void client_requests_lost(struct client *c)
{
	uint64_t before = c->next_id;
	struct request *req;

	while ((req = requests_take_lost(&c->requests, before)))
		end_with(c, req, ERR_CLOSED);
}

void client_requests_due(struct client *c)
{
	uint64_t before = c->next_id;
	struct request *req;

	while ((req = requests_take_due(&c->requests, before, c->now_ms)))
		end_with(c, req, ERR_TIMEOUT);
}

int client_requests_open(struct client *c)
{
	struct request *req;
	size_t at = 0;
	int r = 0;

	while (r == 0 && (req = map_next(&c->requests.by_id, &at, NULL, NULL))) {
		if (!req->how.keep)
			continue;
		r = buf_append(&c->out, req->frame, req->size);
		c->stats.frames_out++;
	}
	return r;
}

/* ---- Answers ------------------------------------------------------------------------------------ */

static void fault_of_error(struct fault *f, const Suandian__V1__Error *error)
{
	fault_set(f, codec_error_code(error->code), "%s%s%s", error->field,
		  error->field[0] ? ": " : "", error->text[0] ? error->text : error->code);
}

void client_requests_answer(struct client *c, const Suandian__V1__Envelope *env)
{
	struct request *req = requests_get(&c->requests, env->id);
	struct client_answer answer = {.env = env, .last = request_ends(env)};
	struct client_request how;
	struct fault fault = {0};

	if (!req) {
		c->stats.answers_unmatched++;
		return;
	}
	if (env->body_case == SUANDIAN__V1__ENVELOPE__BODY_ERROR)
		fault_of_error(&fault, env->error);
	else if (env->body_case == SUANDIAN__V1__ENVELOPE__BODY__NOT_SET)
		fault_set(&fault, ERR_UNIMPLEMENTED, "an answer of the unknown kind %u",
			  codec_body_number(env));
	answer.code = fault.code;
	answer.fault = fault.code ? &fault : NULL;
	/* The callback may cancel the request, so nothing of it is touched afterwards. */
	how = req->how;
	req->due_ms = due_ms(c, &how);
	if (answer.last)
		free(requests_take(&c->requests, env->id));
	if (how.on_answer)
		how.on_answer(how.arg, &answer);
}
