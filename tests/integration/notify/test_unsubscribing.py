"""The link that turns the emails off: bound to the setting as it stood, and followed by a last email."""

from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest

from functions.moderate import app as moderate
from tests.integration.conftest import NOW, Web
from tests.integration.notify.conftest import AUTHOR, LINK, MINUTE, Notifier, bodies, choose, held
from tests.stack.aws import confirm, sent_mails, unconfirm
from tests.support.admin_client import Visitor
from tests.support.events import FORM, Context, http_event
from trackback.model.settings import Notify, Settings
from trackback.notifications.mute_mail import GIVE_UP, SUBJECT
from trackback.pages.admin.routes import router
from trackback.paths import MAIL_LINKS
from trackback.storage.keys import SETTINGS
from trackback.storage.settings import load_settings, save_settings

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _in_time(notify: Notifier) -> None:
    follow_links(notify, MINUTE)


def follow_links(notify: Notifier, after: timedelta) -> None:
    """Have links be followed some time after `NOW`."""
    notify.monkeypatch.setattr(router, "datetime", SimpleNamespace(now=lambda _: NOW + after))


def one_click(link: str) -> dict[str, Any]:
    """Post to a link as mail programs do, by RFC 8058: without a cookie and an origin."""
    event = http_event("POST", link, headers={"content-type": FORM}, body=b"List-Unsubscribe=One-Click")
    answer: dict[str, Any] = moderate.handler(event, Context())  # type: ignore[arg-type]
    return answer


def unsubscribe_link(mail: EmailMessage) -> str:
    return f"{MAIL_LINKS}{LINK.findall(mail['List-Unsubscribe'])[0]}"


def link_of_a_mail(web: Web, notify: Notifier, host: str = "other.example") -> str:
    """Have a ping mailed; return the path of the mail's unsubscribe link."""
    held(web, host)
    notify.tell()
    return unsubscribe_link(sent_mails()[-1])


def test_one_click_stops_the_emails_and_a_last_one_tells_of_it_and_turns_them_on_again(
    web: Web, notify: Notifier
) -> None:
    link = link_of_a_mail(web, notify)
    assert one_click(link)["statusCode"] == 200
    assert load_settings(web.table).notify is Notify.NONE
    notify.wake(MINUTE)
    notify.wake(2 * MINUTE)
    _, last = sent_mails()
    assert last["Subject"] == SUBJECT
    assert last["List-Unsubscribe"] is None
    text, html = bodies(last)
    assert "Before, you got them for each ping." in " ".join(text.split())
    (token,) = set(LINK.findall(text)) & set(LINK.findall(html))
    back = MAIL_LINKS + token
    assert "Turn emails on again?" in Visitor().read(back)
    assert load_settings(web.table).notify is Notify.NONE
    assert "Emails are on" in Visitor().post(back)["body"]
    assert load_settings(web.table).notify is Notify.EACH
    assert (SUBJECT, "sent", 1) in notify.log()


def test_a_link_that_was_used_turns_nothing_off_again_once_the_author_has_turned_the_emails_on(
    web: Web, notify: Notifier
) -> None:
    forwarded = link_of_a_mail(web, notify)
    one_click(forwarded)
    save_settings(web.table, Settings(), Settings(notify=Notify.NONE))
    answer = one_click(forwarded)
    assert (answer["statusCode"], "This link no longer works" in answer["body"]) == (409, True)
    assert "This link no longer works" in Visitor().read(forwarded)
    assert load_settings(web.table).notify is Notify.EACH


def test_a_link_is_for_the_setting_as_it_stood_when_its_email_was_sent(web: Web, notify: Notifier) -> None:
    before = link_of_a_mail(web, notify)
    save_settings(web.table, Settings(notify=Notify.DAILY), Settings())
    assert one_click(before)["statusCode"] == 409
    assert load_settings(web.table).notify is Notify.DAILY
    held(web, "second.example")
    notify.tell(timedelta(days=2))
    follow_links(notify, timedelta(days=2, minutes=1))
    assert one_click(unsubscribe_link(sent_mails()[-1]))["statusCode"] == 200
    notify.wake(timedelta(days=2, minutes=1))
    assert "Before, you got them once a day." in " ".join(bodies(sent_mails()[-1])[0].split())


def test_another_setting_leaves_the_link_as_it_is(web: Web, notify: Notifier) -> None:
    link = link_of_a_mail(web, notify)
    choose(web, keep_days=7)
    assert one_click(link)["statusCode"] == 200
    assert load_settings(web.table) == Settings(notify=Notify.NONE, keep_days=7)


def test_a_mail_program_that_posts_twice_causes_one_change_and_one_last_email(
    web: Web, notify: Notifier
) -> None:
    link = link_of_a_mail(web, notify)
    assert [one_click(link)["statusCode"] for _ in range(2)] == [200, 200]
    notify.wake(MINUTE)
    assert one_click(link)["statusCode"] == 200
    notify.wake(2 * MINUTE)
    assert [mail["Subject"] for mail in sent_mails()].count(SUBJECT) == 1


def test_the_last_email_is_tried_every_two_minutes_until_ses_takes_it(web: Web, notify: Notifier) -> None:
    one_click(link_of_a_mail(web, notify))
    unconfirm(AUTHOR)
    notify.wake(MINUTE)
    assert (SUBJECT, "failed", 1) in notify.log()
    confirm(AUTHOR)
    notify.wake(2 * MINUTE)
    assert len(sent_mails()) == 1
    notify.wake(3 * MINUTE)
    assert sent_mails()[-1]["Subject"] == SUBJECT


def test_the_last_email_is_tried_for_an_hour_and_then_given_up(web: Web, notify: Notifier) -> None:
    one_click(link_of_a_mail(web, notify))
    notify.wake(GIVE_UP + 2 * MINUTE)
    notify.wake(GIVE_UP + 3 * MINUTE)
    assert len(sent_mails()) == 1
    assert "muted" not in web.table.get(SETTINGS)


def test_who_unsubscribes_by_the_settings_page_gets_no_last_email(web: Web, notify: Notifier) -> None:
    save_settings(web.table, Settings(notify=Notify.NONE), Settings())
    notify.wake(HOUR)
    assert sent_mails() == []
