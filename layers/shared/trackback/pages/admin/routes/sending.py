"""The pages Send and Sent."""

from trackback.errors import BadSettings
from trackback.pages.admin.flash import Flash
from trackback.pages.admin.responses import Reply, see_other
from trackback.pages.admin.routes.router import AdminRouter, AuthorVisit, PostedForm
from trackback.pages.admin.sending import filled_form, read_job, send_values, sent_values
from trackback.pages.admin.services import Services
from trackback.paths import SEND, SENT


def sending_routes(services: Services) -> AdminRouter:
    """Return the routes."""
    router = AdminRouter(services)
    router.page(SEND, show_send)
    router.form(SEND, start_job)
    router.page(SENT, show_sent)
    return router


def show_send(visit: AuthorVisit) -> Reply:
    """Show the form that sends a post's pings, and the results of earlier jobs."""
    form = filled_form(visit.request.query())
    return visit.show_own("send.html", "Send", send_values(visit.services.jobs, form))


def start_job(form: PostedForm) -> Reply:
    """Start a job that sends a post's pings, or a dry run."""
    jobs = form.services.jobs
    try:
        job = read_job(form.services.sites, form.fields, form.now)
    except BadSettings as error:
        values = send_values(jobs, filled_form(form.fields), str(error))
        return form.show_own("send.html", "Send", values, 400)
    jobs.start(job)
    return see_other(SEND, Flash("It is under way. Load this page again to see what came of it."))


def show_sent(visit: AuthorVisit) -> Reply:
    """List the sent pings."""
    values = sent_values(visit.services.sent_pings, visit.request.query(), visit.now)
    return visit.show_own("sent.html", "Sent", values)
