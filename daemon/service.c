#include "service.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/server.h"
#include "base/clock.h"
#include "base/notify.h"
#include "engine/engine.h"
#include "loop/timer.h"
#include "reload.h"
#include "world.h"

/* How often a stopping engine is asked, and for how long before its unfinished work is given up. */
#define DRAIN_POLL_MS 5
#define DRAIN_MAX_MS (10 * MS_PER_S)

enum phase { STARTING, RUNNING, DRAINING, CLOSING, ENDED };

struct service {
	const struct options *options;
	enum phase phase;
	int status;
	struct loop *loop;
	struct outside *outside;
	struct engine *engine;
	struct server *server;
	struct reload reload;
	struct timer watchdog, drain;
	int64_t watchdog_ms;
	int64_t drain_until_ms; /* monotonic */
};

size_t service_print_faults(const struct fault_list *faults)
{
	char line[512];

	for (size_t i = 0; i < faults->n; i++)
		fprintf(stderr, "%s\n", conf_fault_format(&faults->at[i], line, sizeof(line)));
	if (faults->n_dropped)
		fprintf(stderr, "and %zu more\n", faults->n_dropped);
	return faults->n + faults->n_dropped;
}

/* ---- The way down ------------------------------------------------------------------------------ */

static void on_outside_closed(void *arg)
{
	struct service *s = arg;

	timer_stop(&s->watchdog);
	s->phase = ENDED;
}

static void on_server_closed(void *arg)
{
	struct service *s = arg;

	if (s->outside)
		outside_close(s->outside, on_outside_closed, s);
	else
		on_outside_closed(s);
}

static void begin_closing(struct service *s)
{
	s->phase = CLOSING;
	timer_stop(&s->drain);
	if (s->server)
		server_close(s->server, on_server_closed, s);
	else
		on_server_closed(s);
}

static void on_drain(void *arg)
{
	struct service *s = arg;
	bool idle = engine_stop(s->engine);

	if (!idle && clock_mono_ms() < s->drain_until_ms)
		return;
	if (!idle)
		log_warning("main", "work is still under way after %d s, giving it up",
			    (int)(DRAIN_MAX_MS / MS_PER_S));
	begin_closing(s);
}

static void on_stop_signal(void *arg, int signo)
{
	struct service *s = arg;

	if (s->phase != RUNNING)
		return;
	log_notice("main", "%s: finishing what is under way, then ending",
		   signo == SIGINT ? "SIGINT" : "SIGTERM");
	(void)notify_send("STOPPING=1\nSTATUS=finishing what is under way");
	s->phase = DRAINING;
	server_stop(s->server);
	s->drain_until_ms = clock_mono_ms() + DRAIN_MAX_MS;
	timer_start_every(&s->drain, clock_mono_ms(), DRAIN_POLL_MS);
}

/* ---- While it runs ----------------------------------------------------------------------------- */

static void on_reload_signal(void *arg, int signo)
{
	struct service *s = arg;

	(void)signo;
	if (s->phase != RUNNING)
		return;
	reload_begin(&s->reload, s->engine);
}

/* A loop whose ticks take as long as the watchdog's half period serves nobody in time. */
static void on_watchdog(void *arg)
{
	struct service *s = arg;
	struct loop_lag lag;

	loop_get_lag(s->loop, &lag);
	loop_reset_lag_max(s->loop);
	if (lag.max_ms < (double)s->watchdog_ms)
		(void)notify_send("WATCHDOG=1");
	else
		log_error("main", "the loop was held up for %.0f ms, not feeding the watchdog",
			  lag.max_ms);
}

/* ---- The way up -------------------------------------------------------------------------------- */

static int fail(const char *what, const struct fault *f)
{
	log_error("main", "%s: %s; ending", what, f->text);
	return f->code;
}

static int open_door(struct service *s, enum server_door door, const char *name, const char *path,
		     struct fault *f)
{
	int fd = notify_listen_fd(name);

	if (fd == -ENOENT)
		return server_listen_path(s->server, door, path, f);
	if (fd < 0)
		return fault_set(f, fd, "the socket %s that was passed: %s", name, err_text(fd));
	return server_listen_fd(s->server, door, fd, f);
}

static int open_doors(struct service *s, struct fault *f)
{
	int rc = server_new(s->loop, s->engine, "suandiand " SUANDIAN_VERSION, &s->server);

	if (rc < 0)
		return fault_set(f, rc, "%s", err_text(rc));
	outside_bind_server(s->outside, s->server);
	rc = open_door(s, SERVER_CONTROL, "control", s->options->control, f);
	if (rc == 0)
		rc = open_door(s, SERVER_ADAPTER, "adapter", s->options->adapter, f);
	return rc;
}

/* A page of the store that is not there any more: nothing can go on from here. Only what a handler may call. */
static void on_bus_error(int signo)
{
	static const char text[] = "main: a page of the store cannot be read, its file was cut "
				   "short or the disk failed: restore a backup; ending\n";

	(void)signo;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

static int catch_signals(struct service *s, struct fault *f)
{
	int rc = loop_on_signal(s->loop, SIGTERM, on_stop_signal, s);

	/* a file that may grow no further is a disk in trouble like any other, not an end */
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)signal(SIGBUS, on_bus_error);
	if (rc == 0)
		rc = loop_on_signal(s->loop, SIGINT, on_stop_signal, s);
	if (rc == 0)
		rc = loop_on_signal(s->loop, SIGHUP, on_reload_signal, s);
	return rc < 0 ? fault_set(f, rc, "%s", err_text(rc)) : 0;
}

/* Takes the configuration. */
static int start(struct service *s, struct configuration *c)
{
	struct store_settings store = {
		.path = c->settings.store.path,
		.retention_ms = c->settings.store.retention_ms,
	};
	struct engine_settings settings = {
		.driven = s->options->driven,
		.build = SUANDIAN_VERSION,
	};
	struct fault f = {0};
	struct world world;

	if (catch_signals(s, &f) < 0) {
		configuration_free(c);
		return fail("signals", &f);
	}
	if (outside_open(s->loop, &store, &s->outside, &f) < 0) {
		configuration_free(c);
		return fail("store", &f);
	}
	world = outside_world(s->outside);
	if (engine_new(&settings, &world, c, &s->engine, &f) < 0) {
		configuration_free(c);
		return fail("engine", &f);
	}
	outside_bind(s->outside, s->engine);
	if (engine_recover(s->engine, &f) < 0)
		return fail("recovery", &f);
	if (open_doors(s, &f) < 0)
		return fail("sockets", &f);
	engine_start(s->engine);
	return 0;
}

static void say_ready(struct service *s)
{
	const struct configuration *c = engine_configuration(s->engine);
	const char *clock = s->options->driven ? "driven" : "wall";

	s->phase = RUNNING;
	log_notice("main", "ready sites=%zu points=%u clock=%s", c->n_sites,
		   engine_point_count(s->engine), clock);
	(void)notify_send("READY=1\nSTATUS=ready, %zu sites, %s clock", c->n_sites, clock);
	s->watchdog_ms = notify_watchdog_ms();
	loop_reset_lag_max(s->loop);
	if (s->watchdog_ms)
		timer_start_every(&s->watchdog, clock_mono_ms(), s->watchdog_ms);
}

/* A session takes a descriptor; the soft limit of a service manager is for programs that use select(2). */
static void raise_limits(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

int service_run(const struct options *options, struct configuration *configuration)
{
	struct service s = {.options = options, .status = 0};
	int rc;

	raise_limits();
	(void)umask(0077);
	rc = loop_new(&s.loop);
	if (rc < 0) {
		log_error("main", "event loop: %s; ending", err_text(rc));
		configuration_free(configuration);
		return 1;
	}
	timer_init(&s.watchdog, s.loop, "watchdog", on_watchdog, &s);
	timer_init(&s.drain, s.loop, "drain", on_drain, &s);
	if (start(&s, configuration) == 0) {
		say_ready(&s);
	} else {
		s.status = 1;
		begin_closing(&s);
	}
	loop_run(s.loop);
	if (s.phase != ENDED) {
		log_error("main", "the loop ended by itself");
		s.status = 1;
	}
	engine_free(s.engine);
	server_free(s.server);
	outside_free(s.outside);
	loop_free(s.loop);
	log_notice("main", "ended");
	return s.status;
}
