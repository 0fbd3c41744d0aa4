/* What people tell the daemon: an override of one asset, an asset out of service, the mode of a site, an event that
 * waits for a second person. Pure.
 *
 *   NONE ──► PENDING ──► IN_FORCE ──► EXPIRED | CANCELLED | SUPERSEDED
 *     │         │  │
 *     │         │  └──► DONE (an event that was issued then; a word that only ended another)
 *     │         └─────► REFUSED (by the second person) | LAPSED (nobody decided in time) | CANCELLED
 *     └──► IN_FORCE | DONE (no second person needed)
 *
 * Of several in force about the same thing the latest stands; the one before is superseded and says by which. */
#pragma once

#include "base/sm.h"
#include "model/event.h"

/* Same numbers as on the wire (suandian.v1.InstructionKind). */
enum instruction_kind {
	INSTRUCTION_NONE,
	INSTRUCTION_OVERRIDE,
	INSTRUCTION_AVAILABILITY,
	INSTRUCTION_MODE,
	INSTRUCTION_EVENT,
};
#define INSTRUCTION_KIND_LAST INSTRUCTION_EVENT
/* "override", "availability", "mode", "event" */
const char *instruction_kind_name(enum instruction_kind k);

enum override_what { OVERRIDE_NONE, OVERRIDE_POWER, OVERRIDE_CAP, OVERRIDE_RELEASE };
const char *override_what_name(enum override_what w); /* "power", "cap", "release" */

/* Same numbers as on the wire (suandian.v1.SiteMode). */
enum site_mode {
	MODE_NONE,
	MODE_AUTO,     /* plans are made and carried out */
	MODE_ADVISORY, /* plans are made and shown, assets are released */
	MODE_HOLD,     /* what is in force is renewed, nothing new is decided */
};
#define MODE_LAST MODE_HOLD
const char *site_mode_name(enum site_mode m); /* "auto", "advisory", "hold" */

/* Same numbers as on the wire (suandian.v1.InstructionState). */
enum instruction_state {
	INSTRUCTION_NEW,
	INSTRUCTION_PENDING,
	INSTRUCTION_IN_FORCE,
	INSTRUCTION_EXPIRED,
	INSTRUCTION_CANCELLED,
	INSTRUCTION_SUPERSEDED,
	INSTRUCTION_REFUSED,
	INSTRUCTION_LAPSED,
	INSTRUCTION_DONE,
};
#define INSTRUCTION_STATE_LAST INSTRUCTION_DONE
extern const struct sm_class instruction_sm;

struct instruction {
	uint64_t id; /* 1…, of all kinds together */
	enum instruction_kind kind;
	char target[ID_MAX *
		    2]; /* "site/asset"; "site" or "" (all) of a mode; "site" of an event */
	enum override_what what; /* OVERRIDE */
	int64_t value_w;	 /* its set point (passive sign, grid side) or cap (a magnitude) */
	bool out;		 /* AVAILABILITY: out of service; false = back */
	enum site_mode mode;	 /* MODE */
	const struct event *event; /* EVENT: as it was asked for; the owner's memory */
	int64_t put_ms, until_ms;  /* until INT64_MAX: without an end */
	char who[ID_MAX], reason[TEXT_MAX_B];
	/* state */
	int state;		  /* enum instruction_state */
	int64_t pending_until_ms; /* the second person decides before */
	char by[ID_MAX];	  /* who approved or refused it; "" = nobody had to */
	int64_t decided_ms;
	int64_t ended_ms;
	char ended_by[ID_MAX];
	char text[TEXT_MAX_B]; /* why it ended, for people */
	uint64_t successor;    /* SUPERSEDED: by which; DONE: the event's number */
};

/* PENDING or IN_FORCE. */
bool instruction_is_open(const struct instruction *in);
/* "power -2000000 W", "out of service", "hold", "event e1": what it says, for people. Returns out. */
char *instruction_say(const struct instruction *in, char *out, size_t n);
