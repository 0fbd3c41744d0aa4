#include "api/hello.h"

#include <inttypes.h>
#include <string.h>

#include "api/limits.h"
#include "api/map_in.h"
#include "api/reply.h"
#include "base/log.h"
#include "proto/frame.h"

static int parse_role(struct refusal *r, const char *name, enum access_role *ret)
{
	for (int i = 0; i < ROLES; i++)
		if (strcmp(name, access_role_name((enum access_role)i)) == 0) {
			*ret = (enum access_role)i;
			return 0;
		}
	return refuse(r, ERR_INVALID, "role", "observe, operate, admin, approve, audit or adapter");
}

static int check_version(struct refusal *r, const Suandian__V1__Hello *h)
{
	if (h->api_major != API_MAJOR)
		return refuse(r, ERR_VERSION, "api_major", "this daemon speaks version %d.%d",
			      API_MAJOR, API_MINOR);
	return 0;
}

/* The adapter's door is for adapters only and the other one for people: their groups differ. */
static int check_door(struct refusal *r, enum door door, enum access_role role)
{
	if ((role == ROLE_ADAPTER) == (door == DOOR_ADAPTER))
		return 0;
	return refuse(r, ERR_DENIED, "role", "%s sessions are not let in at the %s socket",
		      access_role_name(role), door == DOOR_ADAPTER ? "adapter" : "control");
}

static int check_allowed(struct session *s, struct refusal *r, enum access_role role,
			 const char *name)
{
	struct access_peer peer = peer_access(&s->peer);
	const char *source = role == ROLE_ADAPTER ? name : NULL;

	if (configuration_allows(engine_configuration(s->core->engine), &peer, role, source))
		return 0;
	if (source)
		return refuse(r, ERR_DENIED, "name", "%s may not be the adapter %s", s->peer.who,
			      name);
	return refuse(r, ERR_DENIED, "role", "%s may not %s", s->peer.who, access_role_name(role));
}

static int check_name(struct refusal *r, enum access_role role, const char *s, char *out)
{
	if (role == ROLE_ADAPTER)
		return map_in_name(r, "name", s, out);
	return map_in_note(r, "name", s, NAME_MAX_B, out);
}

static void welcome(struct session *s, uint64_t id, const Suandian__V1__Hello *h)
{
	static char *features[] = {"clock", "samples",	 "curves", "events",
				   "plans", "decisions", "audit",  "operator"};
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;
	Suandian__V1__Welcome body = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	limits.max_frame_bytes = FRAME_BODY_MAX;
	limits.max_in_flight = IN_FLIGHT_MAX;
	limits.credit_bytes = CREDIT_MAX;
	limits.max_batch = BATCH_SAMPLES_MAX;
	limits.idle_timeout_ms = (uint32_t)IDLE_TIMEOUT_MS;
	body.api_major = API_MAJOR;
	body.api_minor = (uint32_t)min_i64(h->api_minor, API_MINOR);
	body.features = features;
	body.n_features = ARRAY_SIZE(features);
	body.limits = &limits;
	body.server_time_ms = engine_now(s->core->engine);
	body.driven_clock = engine_is_driven(s->core->engine);
	body.build = s->core->build;
	body.role = (char *)access_role_name(s->role);
	body.user = s->peer.who;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_WELCOME;
	env.welcome = &body;
	reply(s, id, &env);
}

static int examine(struct session *s, const Suandian__V1__Envelope *env, struct refusal *r)
{
	const Suandian__V1__Hello *h = env->hello;
	enum access_role role = ROLE_OBSERVE;
	char name[NAME_MAX_B];
	int rc;

	if (env->body_case != SUANDIAN__V1__ENVELOPE__BODY_HELLO)
		return refuse(r, ERR_STATE, "", "the first message must be Hello");
	rc = check_version(r, h);
	if (rc == 0)
		rc = parse_role(r, h->role, &role);
	if (rc == 0)
		rc = check_name(r, role, h->name, name);
	if (rc < 0)
		return rc;
	struct stream_peer from = stream_get_peer(s->stream);
	rc = peer_resolve(&from, &s->peer);
	if (rc < 0)
		return refuse(r, rc, "", "out of memory");
	rc = check_door(r, s->door, role);
	if (rc == 0)
		rc = check_allowed(s, r, role, name);
	if (rc == 0)
		session_enter(s, role, name);
	return rc;
}

void hello_handle(struct session *s, const Suandian__V1__Envelope *env)
{
	struct refusal r = {0};
	int rc = examine(s, env, &r);

	if (rc == 0) {
		log_debug("api", "session begins id=%" PRIu64 " role=%s user=%s name=%s", s->id,
			  access_role_name(s->role), s->peer.who, s->name);
		welcome(s, env->id, env->hello);
		return;
	}
	if (rc == ERR_DENIED) {
		log_notice("api", "refused a session user=%s pid=%d: %s", s->peer.who,
			   (int)s->peer.pid, r.fault.text);
		core_note_refusal(s->core, s->peer.who, "hello", r.fault.text);
	}
	reply_error(s, env->id, &r);
	session_finish(s, rc);
}
