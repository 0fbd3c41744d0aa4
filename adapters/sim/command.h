/* A shell command beside the event loop: started, and told about when it has ended. One at a time. Loop thread. */
#pragma once

#include "loop/loop.h"

struct command {
	struct loop *loop;
	int pid;			      /* 0 = none runs */
	void (*ended)(void *arg, int status); /* exit status, or 128 + signal as a shell has it */
	void *arg;
};

/* 0 or the error of the signal handler: SIGCHLD is taken for the life of the loop. */
int command_init(struct command *c, struct loop *loop, void (*ended)(void *arg, int status),
		 void *arg);
/* Runs `text` by /bin/sh with our standard streams. 0 or -errno. Required: none runs. */
int command_start(struct command *c, const char *text);
/* Kills what runs and waits for it. */
void command_stop(struct command *c);
