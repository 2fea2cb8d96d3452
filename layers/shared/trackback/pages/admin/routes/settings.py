"""The pages Settings and Rules, with their forms, tests and keys."""

from typing import Any

from trackback.errors import BadSettings
from trackback.gateway import first
from trackback.model.rule import BadRule
from trackback.model.settings import read_settings
from trackback.notifications.webhook import ask_for_test
from trackback.pages.admin.account_mail import AccountMail, send_account_mail
from trackback.pages.admin.addresses import return_address
from trackback.pages.admin.flash import Flash
from trackback.pages.admin.responses import Reply, expired_cookie, see_other
from trackback.pages.admin.routes.router import AdminRouter, AuthorVisit, PostedForm
from trackback.pages.admin.services import Services
from trackback.pages.admin.settings_forms import (
    change_closed,
    change_key,
    change_rules,
    rules_values,
    settings_values,
    typed_settings,
)
from trackback.paths import QUEUE, RULES, SETTINGS, SIGN_IN
from trackback.storage.settings import load_settings, save_settings


def settings_routes(services: Services) -> AdminRouter:
    """Return the routes."""
    router = AdminRouter(services)
    router.page(RULES, show_rules)
    router.form(RULES, save_rules)
    router.page(SETTINGS, show_settings)
    router.form(SETTINGS, save)
    router.form(f"{QUEUE}/closed", close_or_reopen)
    router.form(f"{SETTINGS}/test-mail", send_test_mail)
    router.form(f"{SETTINGS}/test-webhook", queue_test_event)
    router.form(f"{SETTINGS}/new-secret", replace_webhook_key)
    router.form(f"{SETTINGS}/akismet-key", save_akismet_key)
    router.form(f"{SETTINGS}/sign-out-everywhere", sign_out_everywhere)
    return router


def show_rules(visit: AuthorVisit) -> Reply:
    """List the rules."""
    return visit.show_own("rules.html", "Rules", rules_values(visit.services.table, {}))


def save_rules(form: PostedForm) -> Reply:
    """Add or remove a rule."""
    table = form.services.table
    try:
        return see_other(RULES, change_rules(table, form.fields))
    except BadRule as error:
        problem = str(error)
    return form.show_own("rules.html", "Rules", rules_values(table, form.fields, problem), 400)


def show_settings(visit: AuthorVisit, status: int = 200, **typed: Any) -> Reply:
    """Show the settings, the closed posts and the deliveries. `typed` holds rejected input."""
    values = settings_values(visit.services, visit.now, **typed)
    return visit.show_own("settings.html", "Settings", values, status)


def save(form: PostedForm) -> Reply:
    """Save the settings."""
    services = form.services
    try:
        settings = read_settings(form.fields, services.feed)
        save_settings(services.table, settings, load_settings(services.table))
    except BadSettings as error:
        return show_settings(form, 400, problem=str(error), form=typed_settings(form.fields))
    return see_other(SETTINGS, Flash("Saved."))


def close_or_reopen(form: PostedForm) -> Reply:
    """Close a post or a site to pings, or reopen it."""
    fields = form.fields
    try:
        flash = change_closed(form.services.table, form.services.sites, fields)
    except BadSettings as error:
        return show_settings(form, 400, closing_problem=str(error), entry=first(fields, "entry"))
    return see_other(return_address(fields) if "back" in fields else f"{SETTINGS}#closed", flash)


def send_test_mail(form: PostedForm) -> Reply:
    """Send a test mail."""
    mail = AccountMail(
        "A test of your TrackBack mails",
        "Mails of your TrackBack service reach you. When a ping waits for you, you are told like this.",
        form.request.public_origin + QUEUE,
        "Your pings",
    )
    if problem := send_account_mail(form.services, mail, form.now):
        return see_other(SETTINGS, Flash(f"The mail could not be sent: {problem}", is_error=True))
    return see_other(SETTINGS, Flash(f"A mail is on its way to {form.services.envelope.author}."))


def queue_test_event(form: PostedForm) -> Reply:
    """Queue a test event for the webhook."""
    ask_for_test(form.services.deliveries, form.now)
    return see_other(
        SETTINGS, Flash("An example goes out within a minute. Then load this page again to see the answer.")
    )


def replace_webhook_key(form: PostedForm) -> Reply:
    """Replace the webhook's signing key."""
    form.services.webhook_keys.rotate(form.now)
    return see_other(SETTINGS, Flash("The webhook has a new secret."))


def save_akismet_key(form: PostedForm) -> Reply:
    """Save or remove Akismet's key. No page ever shows the whole key."""
    try:
        flash = change_key(form.services.akismet_key, form.fields)
    except BadSettings as error:
        return show_settings(form, 400, akismet_problem=str(error))
    return see_other(f"{SETTINGS}#akismet", flash)


def sign_out_everywhere(form: PostedForm) -> Reply:
    """End all sessions, this one too."""
    form.services.sign_ins.end_all(form.now)
    return see_other(SIGN_IN, cookies=[expired_cookie()])
