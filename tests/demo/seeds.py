"""Pings that the demo blog starts with: what a small blog gets, the good and the bad."""

from dataclasses import dataclass
from datetime import UTC, datetime

from trackback.model.ping import Status


@dataclass(frozen=True, slots=True)
class Seed:
    """A ping to plant: the four fields as a sender sends them, its post, and what became of it.

    `sentence` is the one with the link in it, empty where the source does not link to the post. None but the
    seeds' author has seen these pages: hosts under `.example` do not exist.
    """

    slug: str
    url: str
    title: str
    excerpt: str
    blog_name: str
    received_at: datetime
    sentence: str = ""
    status: Status = Status.APPROVED

    @property
    def form(self) -> dict[str, str]:
        """The fields of its ping request."""
        return {"url": self.url, "title": self.title, "excerpt": self.excerpt, "blog_name": self.blog_name}


SEEDS = (
    Seed(
        slug="letters-and-leaflets",
        url="https://other.example/2026/10/writing-back",
        title="Writing back",
        excerpt="I had forgotten that a reply could be a whole post, on my own page, in my own time. "
        "This made me dig out the letters drawer again.",
        blog_name="Other Rooms",
        received_at=datetime(2026, 10, 28, 7, 42, tzinfo=UTC),
        sentence="Reading about letters and leaflets, I had forgotten that a reply could be a whole post.",
    ),
    Seed(
        slug="letters-and-leaflets",
        url="https://hibi.example/2026/11/trackback/",
        title="トラックバックのある暮らし",
        excerpt="「返事を書きました」と相手に知らせる。たったそれだけの仕組みが、ブログ同士をゆるやかにつないでいた。",
        blog_name="日々の余白",
        received_at=datetime(2026, 11, 2, 22, 15, tzinfo=UTC),
        sentence="手紙とチラシについての記事を読んで、昔の仕組みを思い出した。",
    ),
    Seed(
        slug="letters-and-leaflets",
        url="https://pills.example/buy-now?ref=trackback",
        title="CHEAP watches & pills!!! best price online",
        excerpt="Visit us now for the lowest prices. Nice post, thank you for sharing this informations.",
        blog_name="best-price-4u",
        received_at=datetime(2026, 11, 3, 3, 3, tzinfo=UTC),
        status=Status.SPAM,
    ),
    Seed(
        slug="letters-and-leaflets",
        url="https://digest.example/links/312",
        title="Links for the week, no. 312",
        excerpt="Forty links, one of which is yours.",
        blog_name="The Daily Digest of Digests",
        received_at=datetime(2026, 11, 6, 12, 0, tzinfo=UTC),
        sentence="31. Letters & leaflets, on TrackBack",
        status=Status.REJECTED,
    ),
    Seed(
        slug="paid-by-the-ping",
        url="https://warraq.example/posts/small-servers",
        title="خوادم صغيرة، نفقات صغيرة",
        excerpt="قرأت تدوينة جميلة عن تشغيل خدمة لا تكلّف شيئًا حين لا يزورها أحد، "
        "وهذه تجربتي مع الفكرة نفسها.",
        blog_name="الورّاق",
        received_at=datetime(2026, 11, 10, 17, 30, tzinfo=UTC),
        sentence="قرأت تدوينة جميلة عن تشغيل خدمة لا تكلّف شيئًا حين لا يزورها أحد.",
    ),
    Seed(
        slug="paid-by-the-ping",
        url="https://kettle.example/notes/idle",
        title="In praise of idle things",
        excerpt="A kettle costs nothing while it is off, and nobody calls it unavailable. "
        "On software that waits as well as a kettle does.",
        blog_name="Kettle & Co.",
        received_at=datetime(2026, 11, 12, 9, 5, tzinfo=UTC),
        sentence="This is about software that waits, after a post that was paid by the ping.",
    ),
    Seed(
        slug="paid-by-the-ping",
        url="https://ledger.example/cents",
        title="Counting cents, again",
        excerpt="I did the sums for my own blog after reading this. Eleven cents so far this year.",
        blog_name="A Plain Ledger",
        received_at=datetime(2026, 11, 23, 20, 48, tzinfo=UTC),
        sentence="I did the sums for my own blog after reading “Paid by the ping”.",
        status=Status.PENDING,
    ),
)
