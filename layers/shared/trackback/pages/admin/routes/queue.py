"""The queue, a ping's own page, decisions about pings, and the overview."""

from trackback.pages.admin.actions import apply_action
from trackback.pages.admin.addresses import return_address
from trackback.pages.admin.bulk import bulk_values
from trackback.pages.admin.choices import read_choices
from trackback.pages.admin.responses import Reply, see_other
from trackback.pages.admin.routes.router import AdminRouter, AuthorVisit, PostedForm
from trackback.pages.admin.services import Services
from trackback.pages.admin.views import ping_values, queue_values
from trackback.paths import DECIDE_ALL, PING_PAGES, QUEUE


def queue_routes(services: Services) -> AdminRouter:
    """Return the routes."""
    router = AdminRouter(services)
    router.page(QUEUE, show_queue)
    router.page(f"{PING_PAGES}<ping_id>", show_ping)
    router.page(f"{QUEUE}/overview", show_overview)
    router.form(f"{QUEUE}/decide", decide)
    router.form(DECIDE_ALL, decide_all)
    return router


def show_queue(visit: AuthorVisit) -> Reply:
    """List the pings of a tab."""
    table, queue = visit.services.table, visit.services.queue
    return visit.show_own("queue.html", "Pings", queue_values(table, queue, visit.request.query()))


def show_ping(visit: AuthorVisit, ping_id: str) -> Reply:
    """Show everything known about a ping."""
    return visit.show_own("ping.html", "Pings", ping_values(visit.services, ping_id, visit.now))


def show_overview(visit: AuthorVisit) -> Reply:
    """Show the statistics."""
    from trackback.pages.admin.overview import overview_values  # noqa: PLC0415 - no other page has charts

    return visit.show_own("overview.html", "Overview", overview_values(visit.services.table, visit.now))


def decide(form: PostedForm) -> Reply:
    """Apply an action to one ping or to the ticked pings."""
    services = form.services
    action, choices = read_choices(form.fields)
    flash = apply_action(services, action, choices, form.now)
    for choice in choices:
        services.logger.info("asked for by the author", act=str(action), ping=choice.ping)
    return see_other(return_address(form.fields), flash)


def decide_all(form: PostedForm) -> Reply:
    """Carry out a step of a decision about all pending pings of a search, and show how far it is."""
    values = bulk_values(form.services, form.fields, form.now)
    run = values["run"]
    form.services.logger.info(
        "asked for by the author",
        act="undo" if run.undoes else str(run.status),
        run=run.started,
        done=run.done,
    )
    return form.show_own("bulk.html", "Pings", values)
