"""Where on a page a link stands: in its text, beside it, in a comment, or hidden; in real themes' markup."""

import pytest

from tests.unit.web.html.pages import POST, A, read
from trackback.web.html.regions import Standing

TEXT = {
    "nothing but a link": A,
    "a bare page": f"<body><h1>Mine</h1><p>I read {A}.",
    "classic WordPress": (
        '<body class="single comments-open has-sidebar"><div id="page" class="site">'
        '<div id="content" class="site-content"><main id="main" class="site-main"><article class="post-7 '
        'post type-post hentry category-comments tag-webmentions"><header class="entry-header"><h1>x</h1>'
        '<span class="comments-link"><a href="#respond">Leave a comment</a></span></header>'
        f'<div class="entry-content"><p>I read {A}.</p></div></article></main></div></div>'
    ),
    "WordPress before HTML 5": (
        '<div id="wrapper" class="hfeed"><div id="container"><div id="content" role="main">'
        '<div id="post-7" class="post-7 post hentry category-comments tag-replies comments-open">'
        f'<span class="comments-link">2</span><div class="entry-content">{A}</div>'
    ),
    "WordPress's site editor": (
        '<div class="wp-site-blocks"><header class="wp-block-template-part"><nav class="wp-block-navigation">'
        '</nav></header><main class="wp-block-group"><div class="entry-content wp-block-post-content">'
        f"<p>{A}</p></div></main>"
    ),
    "Blogger": (
        '<div class="main-outer"><div class="post hentry uncustomized-post-template" itemprop="blogPost">'
        f'<h3 class="post-title entry-title">x</h3><div class="post-body entry-content">{A}</div>'
        '<div class="post-footer"><span class="post-comment-link"></span></div></div>'
    ),
    "a Hugo theme": (
        '<header class="site-header"><nav class="site-nav"></nav></header><div class="page-content">'
        f'<article class="post h-entry"><div class="post-content e-content">{A}</div></article></div>'
    ),
    "Ghost": (
        '<div class="gh-viewport"><header class="gh-navigation"></header><main class="gh-main">'
        f'<article class="gh-article post tag-comments"><section class="gh-content">{A}</section></article>'
        '<div class="gh-comments gh-canvas"></div></main></div>'
    ),
    "Substack": (
        '<div class="single-post-container"><article class="typography newsletter-post post"><div class="'
        f'available-content"><div class="body markup"><p>{A}</p></div></div></article></div>'
    ),
    "Jekyll's minima": (
        '<main class="page-content"><article class="post h-entry" itemtype="http://schema.org/BlogPosting">'
        f'<div class="post-content e-content" itemprop="articleBody">{A}</div></article></main>'
    ),
    "Eleventy, without classes": f"<header><a href=/>Home</a></header><main><h1>x</h1><p>{A}</main>",
    "Movable Type": f'<div id="beta"><div class="entry"><div class="asset-body">{A}</div></div></div>',
    "Tumblr": f'<section class="posts"><article class="text"><div class="post-content">{A}</div></article>',
    "the first post of a Discourse topic": (
        '<div itemscope itemtype="http://schema.org/DiscussionForumPosting"><div class="topic-body '
        f"crawler-post\"><div class='post' itemprop='text'>{A}</div></div></div>"
    ),
    "a link post": f'<article class="h-entry"><h1><a href="{POST}">Hello</a></h1><p>Read it.</p></article>',
    "a reply's context": (
        '<article class="h-entry"><div class="u-in-reply-to h-cite reply-context">'
        f'<a class="u-url p-name" href="{POST}">Hello</a></div><div class="e-content">Yes.</div></article>'
    ),
    "an empty link that microformats mark as a reply": (
        f'<article class="h-entry"><a class="u-in-reply-to" href="{POST}"></a><p class="e-content">Yes.'
    ),
    "a footnote": f'<article><p>x</p><section class="footnotes" role="doc-endnotes">{A}</section>',
    "a side note": f'<article class="e-content"><aside class="sidenote">{A}</aside></article>',
    "an article's aside": f"<article><p>x</p><aside><p>See {A}.</aside></article>",
    "the source of a quotation": f"<article><blockquote><p>x</p><footer>{A}</footer></blockquote></article>",
    "a note below an article": f'<article><p>x</p><footer class="post-via">Via {A}.</footer></article>',
    "a section whose heading is about comments": (
        f'<main><section id="comments" class="level2"><h2>Comments</h2><p>{A}</section></main>'
    ),
    "a heading with an id": f'<article><h2 id="comments">On comments</h2><p>{A}</article>',
    "a class for commentary": f'<div class="commentary"><p>{A}</p></div>',
    "a page that says that comments are open": f'<div class="post comments-open sidebar-none">{A}</div>',
    "a page that has comments": f'<div class="has-comments with-comments no-sidebar">{A}</div>',
    "a wrapper named by its sidebar": f'<div class="sidebar-right"><main><p>{A}</main></div>',
    "after comments that are closed": f"<div id=comments><p>x<div>y</div></div><p>{A}",
    "after a list of comments without end tags": f"<ul><li class=comment>x<li class=comment>y</ul><p>{A}",
    "after a hidden span that its paragraph ends": f"<p><span hidden>x<p>{A}",
    "after a link to the comments": f'<nav><a class="comment-link" href="#comments">3</a></nav><p>{A}',
    "after an icon": f'<span><svg class="icon"><path class="comment" d="M0"/></svg></span><p>{A}',
    "after a hidden input": f"<form><input hidden><input style='display:none'></form><p>{A}",
    "after a menu": f"<nav hidden><ul><li>x</ul></nav><p>{A}",
    "closed details": f"<details><summary>More</summary><p>{A}</details>",
    "text that screen readers skip": f"<p aria-hidden=true>{A}",
    "a picture as link": f'<a href="{POST}"><img src=x></a>',
    "a picture in a figure": f'<a href="{POST}"><figure><picture><img src=x alt=""></picture></figure></a>',
    "a drawing as link": f'<a href="{POST}"><svg><path d="M0"/></svg></a>',
    "a page that is hidden until its script runs": f'<html hidden><body style="visibility:hidden">{A}',
    "a section that fades in": f'<main style="opacity:0"><div style="opacity:0">{A}</div></main>',
    "harmless styles": (
        '<p style="display:block;visibility:visible;opacity:.5;left:-5px;position:relative;width:100%;'
        f'font-size:13px;text-indent:-2em;overflow:hidden;clip:auto;color:#000">{A}'
    ),
    "a menu's offset": f'<p style="margin-left:-20px;transform:translate(-50%, 0)">{A}',
}

ASIDE = {
    "navigation": f"<nav>{A}</nav>",
    "an aside": f"<main><p>x</main><aside>{A}</aside>",
    "a footer": f"<article>x</article><footer>{A}</footer>",
    "a site's header": f"<header>{A}</header>",
    "a WordPress sidebar": (
        '<div id="secondary" class="widget-area" role="complementary"><ul><li id="linkcat-2" class="widget '
        f'widget_links"><ul class="xoxo blogroll"><li>{A}</ul></ul></div>'
    ),
    "a Blogger sidebar": f'<div class="sidebar" id="sidebar-right-1"><div class="widget">{A}</div></div>',
    "related posts": f'<div class="related-posts">{A}</div>',
    "an open dialog": f"<dialog open>{A}</dialog>",
    "a role": f'<div role="navigation">{A}</div>',
    "a menu in an article": f"<article><nav>{A}</nav></article>",
    "related posts in an article": f'<article><div class="related">{A}</div></article>',
}

COMMENT = {
    "WordPress": (
        '<div id="comments" class="comments-area"><ol class="comment-list"><li id="comment-5" class="comment '
        'even"><article id="div-comment-5" class="comment-body"><footer class="comment-meta">Ann'
        f'</footer><div class="comment-content"><p>{A}</p></div></article></li></ol></div>'
    ),
    "WordPress within its main part and article": (
        '<main><article class="post hentry"><div class="entry-content">x</div>'
        f'<div id="comments"><ol class="commentlist"><li class="comment">{A}</ol></div></article></main>'
    ),
    "a commenter's name": (
        '<ol class="commentlist"><li class="comment"><cite class="fn">'
        f'<a href="{POST}" rel="external" class="url">Eve</a></cite></li></ol>'
    ),
    "WordPress's site editor": (
        '<div class="wp-block-comments"><ol class="wp-block-comment-template"><li><div class="wp-block-'
        f'comment-content">{A}</div></li></ol></div>'
    ),
    "WordPress's pingbacks": f'<ol class="pinglist"><li class="pingback">{A}</li></ol>',
    "Blogger": (
        '<div class="comments" id="comments"><div class="comment-thread"><ol><li class="comment"><div class="'
        f'comment-block"><p class="comment-content">{A}</p></div></li></ol></div></div>'
    ),
    "old Blogger": f'<dl id="comments-block"><dt>Eve<dd class="comment-body"><p>{A}</dl>',
    "Ghost": f'<section class="article-comments gh-canvas"><div id="ghost-comments-root">{A}</div></section>',
    "Substack": f'<div class="comments-page"><div class="comment-body">{A}</div></div>',
    "a reply in Discourse": (
        "<div itemprop='comment' itemscope itemtype='http://schema.org/Comment' class='topic-body "
        f"crawler-post'><div class='post' itemprop='text'>{A}</div></div>"
    ),
    "Disqus, rendered": f'<div id="disqus_thread"><div class="post-message">{A}</div></div>',
    "isso": f'<section id="isso-thread"><div class="isso-comment" id="isso-4"><p>{A}</div></section>',
    "giscus": f'<div class="giscus">{A}</div>',
    "webmentions": (
        f'<section class="webmentions"><ol><li class="h-cite u-comment"><div class="e-content">{A}</div></ol>'
    ),
    "microformats": f'<article class="h-entry"><div class="u-comment h-cite">{A}</div></article>',
    "microformats in marked content": f'<div class="e-content"><p class="p-comment h-entry">{A}</div>',
    "Drupal": f'<div class="comment-wrapper"><article class="comment odd"><p>{A}</article></div>',
    "an article that is a comment": f'<article class="comment by-guest">{A}</article>',
    "Serendipity": f'<div class="serendipity_comments"><div class="serendipity_comment">{A}</div></div>',
    "Dotclear": f'<div id="comments"><dl><dt id="c5">Eve<dd>{A}</dl></div>',
    "Movable Type": f'<div class="comments-body"><p>{A}</p></div>',
    "dev.to": f'<div id="comments-container"><div class="comment__body">{A}</div></div>',
    "a static site's own": f'<div class="post-comments"><div class="comment__item">{A}</div></div>',
    "CSS modules": f'<section class="Comments_root__x7Qa1">{A}</section>',
    "camel case": f'<div id="commentList">{A}</div>',
    "an element of its own": f"<blog-comments>{A}</blog-comments>",
    "a line": f'<span class="comment">{A}</span>',
    "schema.org": f'<div itemtype="https://schema.org/UserComments">{A}</div>',
    "an answer to a question": f'<div itemprop="suggestedAnswer acceptedAnswer">{A}</div>',
    "ARIA": f'<div role="comment">{A}</div>',
    "German": f'<div id="kommentare">{A}</div>',
    "a comment that pretends to be the text": f'<div class="comment"><main class="e-content">{A}</div>',
    "a comment that closes what it did not open": f'<div class="comment"></span></p></b>{A}</div>',
    "a comment without an end": f'<div class="comment"><b>{A}',
    "comments in a list without end tags": f"<ol class=commentlist><li>x<li>{A}</ol>",
}

HIDDEN = {
    "hidden": f"<div hidden>{A}</div>",
    "hidden, with a value": f'<p hidden="until-found">{A}</p>',
    "a hidden link": f'<a hidden href="{POST}">here</a>',
    "a hidden line": f"<p>x <span hidden>{A}</span>",
    "inert": f"<section inert>{A}</section>",
    "a closed dialog": f"<dialog>{A}</dialog>",
    "a popover": f"<div popover=manual id=x>{A}</div>",
    "an open dialog in a closed one": f"<dialog><dialog open>{A}</dialog></dialog>",
    "no display": f'<div style="display:none">{A}</div>',
    "no display, in capitals": f'<DIV STYLE="Display : NONE !important">{A}</DIV>',
    "no display, behind a comment": f'<div style="/* ; */display:/**/none">{A}</div>',
    "no display, with an escape": rf'<div style="d\69 splay:n\6fne">{A}</div>',
    "no display, as the last word": f'<div style="display:block;display:none">{A}</div>',
    "no display, further up": f'<div style="display:none"><div><p>x</p></div><ul><li>{A}</ul></div>',
    "a link without display": f'<a style="display:none" href="{POST}">here</a>',
    "not visible": f'<p style="visibility:hidden">{A}',
    "transparent": f'<p style="opacity:0">{A}',
    "transparent letters": f'<a style="color:transparent" href="{POST}">here</a>',
    "without height": f'<div style="height:0;overflow:hidden">{A}</div>',
    "one pixel": f'<div style="width:1px;height:1px;overflow:hidden;position:absolute">{A}</div>',
    "letters without size": f'<span style="font-size:0px">{A}</span>',
    "tiny letters": f'<span style="font-size:1px">{A}</span>',
    "far to the left": f'<div style="position:absolute;left:-9999px">{A}</div>',
    "far above": f'<div style="position:fixed;top:-100em">{A}</div>',
    "far, by indent": f'<p style="text-indent:-9999px">{A}',
    "far, by margin": f'<p style="margin-left:-9999px">{A}',
    "far, by transform": f'<p style="transform:translateX(-9999px)">{A}',
    "clipped": f'<p style="position:absolute;clip:rect(0 0 0 0)">{A}',
    "clipped to a pixel": f'<p style="clip:rect(1px, 1px, 1px, 1px)">{A}',
    "clipped by path": f'<p style="clip-path:inset(50%)">{A}',
    "scaled to nothing": f'<p style="transform:scale(0)">{A}',
    "for screen readers": f'<p class="screen-reader-text">{A}',
    "a fallback of a video": f"<video src=x>{A}</video>",
    "a canvas": f"<canvas>{A}</canvas>",
    "a drawing's definitions": f'<svg><defs><a href="{POST}"><text>here</text></a></defs></svg>',
    "an empty link": f'<p>x <a href="{POST}"></a> y',
    "a blank link": f'<a href="{POST}"> \n&nbsp;&#x200b;</a>',
    "a link with empty elements": f'<a href="{POST}"><b></b><i> </i></a>',
    "a link with a pixel": f'<a href="{POST}"><img src=x width=1 height=1></a>',
    "a link whose text is hidden": f'<a href="{POST}"><span style="display:none">here</span></a>',
    "a link whose picture is hidden": f'<a href="{POST}"><img hidden src=x></a>',
    "a hidden link that microformats mark": f'<a class="u-in-reply-to" hidden href="{POST}">x</a>',
    "a hidden comment": f'<div hidden><div class="comment">{A}</div></div>',
    "a comment that is hidden": f'<div class="comment"><span hidden>{A}</span></div>',
    "behind an end tag of an outer line": f"<span hidden><div></span>{A}</div>",
}

ALL = [
    pytest.param(page, standing, id=f"{standing.name.lower()}: {name}")
    for standing, pages in zip(Standing, (TEXT, ASIDE, COMMENT, HIDDEN), strict=True)
    for name, page in pages.items()
]


@pytest.mark.parametrize(("page", "standing"), ALL)
def test_a_link_has_the_standing_of_what_is_around_it(page: str, standing: Standing) -> None:
    link = read(page).link
    assert link
    assert link.standing is standing


@pytest.mark.parametrize(
    "page",
    [
        f"<noscript>{A}</noscript>",
        f'<div id="disqus_thread"></div><noscript>Please enable JavaScript. {A}</noscript>',
        f"<template>{A}</template>",
    ],
    ids=["noscript", "Disqus's noscript", "a template"],
)
def test_what_a_browser_with_scripts_never_reads_holds_no_link(page: str) -> None:
    assert read(page).link is None


def in_a(standing: Standing, word: str, rel: str = "") -> str:
    """Return a link of a standing."""
    around = {
        Standing.TEXT: "p",
        Standing.ASIDE: "nav",
        Standing.COMMENT: "div class=comment",
        Standing.HIDDEN: "p hidden",
    }[standing]
    return f"<{around}><a rel='{rel}' href='{POST}'>{word}</a></{around.split()[0]}>"


@pytest.mark.parametrize("better", list(Standing)[:-1])
def test_of_several_links_the_one_with_the_best_standing_counts(better: Standing) -> None:
    worse = [in_a(standing, "worse") for standing in Standing if standing > better]
    best = in_a(better, "better", "nofollow")
    for pages in ([*worse, best], [best, *worse]):
        link = read("".join(pages)).link
        assert link
        assert (link.text, link.standing) == ("better", better)


def test_an_empty_link_does_not_stand_in_for_a_later_one() -> None:
    link = read(f"<p><a href='{POST}'></a>First. I read {A} today. Last.").link
    assert link
    assert (link.text, link.sentence, link.standing) == ("here", "I read here today.", Standing.TEXT)
