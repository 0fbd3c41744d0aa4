#include "reload.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "engine/configure_diff.h"

#define ARENA_CAP_B ((size_t)64 << 20)

static void tell_faults(const struct fault_list *faults)
{
	char line[512];

	for (size_t i = 0; i < faults->n; i++)
		log_warning("main", "%s", conf_fault_format(&faults->at[i], line, sizeof(line)));
	log_error("main", "the new configuration is wrong (%zu faults), keeping the one in force",
		  faults->n + faults->n_dropped);
}

/* What is on disk and only a restart will bring. */
static void tell_restarts(const struct configuration *now)
{
	const struct configuration_change *changes;
	struct configuration *disk;
	struct fault_list faults;
	struct arena a;
	size_t n = 0;

	arena_init(&a, ARENA_CAP_B);
	fault_list_init(&faults);
	if (configure_load(now->path, &disk, &faults) == 0) {
		if (configuration_diff(now, disk, &a, &changes, &n))
			n = 0;
		for (size_t i = 0; i < n; i++) {
			if (changes[i].restart)
				log_notice("main", "%s: %s takes effect at the next start only: %s",
					   changes[i].path, changes[i].after,
					   configuration_needs_restart(changes[i].path));
		}
		configuration_free(disk);
	}
	fault_list_fini(&faults);
	arena_fini(&a);
}

static void end(struct reload *r)
{
	r->running = false;
	(void)notify_send("READY=1");
}

static void run(struct reload *r);

static void on_applied(struct waiter *w, int rc, const struct fault *f)
{
	struct reload *r = container_of(w, struct reload, waiter);

	if (rc == 0) {
		log_notice("main", "%s",
			   engine_reloads(r->engine).n != r->before
				   ? "the new configuration is in force"
				   : "the configuration is the same as before");
		tell_restarts(engine_configuration(r->engine));
	} else if (rc != ERR_CANCELED && rc != ERR_CLOSED) {
		log_error("main", "the new configuration is not in force: %s",
			  f && f->text[0] ? f->text : err_text(rc));
	}
	if (rc == ERR_CLOSED)
		return; /* at the end of the engine there is nobody to tell */
	end(r);
	if (r->again)
		run(r);
}

static void run(struct reload *r)
{
	struct fault_list faults;
	struct fault f = {0};
	int rc;

	r->running = true;
	r->again = false;
	r->waiter.fn = on_applied;
	r->before = engine_reloads(r->engine).n;
	(void)notify_send("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_mono_us());
	fault_list_init(&faults);
	rc = engine_reload(r->engine, "SIGHUP", &r->waiter, &faults, &f);
	if (rc < 0 && !fault_list_is_empty(&faults))
		tell_faults(&faults);
	else if (rc < 0)
		log_error("main", "keeping the configuration in force: %s", f.text);
	fault_list_fini(&faults);
	if (rc < 0)
		end(r);
}

void reload_begin(struct reload *r, struct engine *engine)
{
	r->engine = engine;
	if (r->running)
		r->again = true;
	else
		run(r);
}
