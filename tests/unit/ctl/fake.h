/* A daemon that is a small forked server: it speaks the frames and answers from world.h. */
#pragma once

#include <stdbool.h>

enum fake_mode {
	FAKE_NORMAL,
	FAKE_HOSTILE,  /* texts with control sequences */
	FAKE_MUTE,     /* takes the connection and says nothing */
	FAKE_SLOW,     /* Welcome and sites, then silence */
	FAKE_OLD,      /* refuses Hello: VERSION */
	FAKE_STRICT,   /* refuses Hello: DENIED */
	FAKE_CONFUSED, /* answers everything but ListSites with Ok */
	FAKE_HANGUP,   /* closes at the first question after the sites */
	FAKE_EMPTY,    /* no sites; lists are empty */
};

/* Starts it; returns the path of its socket. One at a time; it dies with the process that started it. */
const char *fake_start(enum fake_mode mode);
void fake_stop(void);
