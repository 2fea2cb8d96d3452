"""What the author's pages work with. The function makes it once, when it starts."""

from typing import NamedTuple

from aws_lambda_powertools import Logger

from trackback.model.posts import Sites
from trackback.notifications.mail import Envelope
from trackback.pages.templates import Pages
from trackback.receiving.moderation import Moderation
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.deliveries import Deliveries
from trackback.storage.moderation_queue import Queue
from trackback.storage.pings import PingStore
from trackback.storage.send_jobs import SendJobs
from trackback.storage.sent_pings import SentPings
from trackback.storage.sign_ins import SignIns
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table


class Services(NamedTuple):
    """Stores, keys, settings of the deployment, and templates."""

    sites: Sites
    feed: str
    envelope: Envelope
    table: Table
    pings: PingStore
    queue: Queue
    moderation: Moderation
    jobs: SendJobs
    sent_pings: SentPings
    deliveries: Deliveries
    sign_ins: SignIns
    keys: Keys
    webhook_keys: Keys
    akismet_key: AkismetKey
    pages: Pages
    logger: Logger
