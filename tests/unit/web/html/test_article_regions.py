"""What generators and themes write within a post, and around it: which of it is the author's text."""

import pytest

from tests.unit.web.html.articles import NO, A, B, read, targets
from trackback.web.html.article import LeftOut

SPHINX = (
    '<div class="document"><div class="body" role="main">{}</div><div class="sphinxsidebar">x</div></div>'
)
DOCUTILS = '<main id="a-post"><h1 class="title">A post</h1>{}</main>'
PANDOC = "<body><header id=title-block-header><h1>A post</h1></header>{}</body>"
QUARTO = '<main class="content" id="quarto-document-content">{}</main>'
STARLIGHT = '<main><div class="content-panel"><div class="sl-markdown-content">{}</div></div></main>'
DOCUSAURUS = '<main><article><div class="theme-doc-markdown markdown">{}</div></article></main>'
WORDPRESS = '<main><article class="post hentry"><div class="entry-content">{}</div></article></main>'
HUGO = "<article class=post><header><h1>A post</h1></header>{}</article>"
OCTOPRESS = '<article class="hentry"><div class="entry-content">{}</div></article>'
MKDOCS = '<div class="md-main"><article class="md-content__inner md-typeset">{}</article></div>'
ASCIIDOCTOR = '<body class="article"><div id="content">{}</div></body>'


@pytest.mark.parametrize(
    ("page", "text"),
    [
        pytest.param(
            SPHINX,
            '<section id="a-post"><h1>A post</h1>{}<section id="related-work"><h2>Related work'
            '<a class="headerlink" href="#related-work">x</a></h2><p>{}</p></section></section>',
            id="Sphinx: a section",
        ),
        pytest.param(
            SPHINX,
            '<section id="a-post">{}<section id="comments"><h2>Comments</h2>{}</section></section>',
            id="Sphinx: a section about comments",
        ),
        pytest.param(
            SPHINX,
            '<p>{}</p><aside class="footnote-list brackets"><aside class="footnote brackets" id="id2" '
            'role="doc-footnote"><p>{}</p></aside></aside>',
            id="Sphinx: a footnote",
        ),
        pytest.param(
            DOCUTILS,
            '<p>{}</p><aside class="footnote brackets" id="f1"><p>{}</p></aside>',
            id="docutils: a footnote",
        ),
        pytest.param(
            DOCUTILS,
            '<aside class="topic"><p>{}</p></aside><div class="citation">{}</div>',
            id="docutils: a topic",
        ),
        pytest.param(
            DOCUTILS,
            '<aside class="admonition note">{}</aside><aside class="admonition-share">{}</aside>',
            id="docutils: admonitions",
        ),
        pytest.param(
            PANDOC,
            '<section id="share" class="level2"><h2>Share</h2>{}</section>'
            '<section id="footnotes" class="footnotes" role="doc-endnotes">{}</section>',
            id="Pandoc",
        ),
        pytest.param(
            PANDOC,
            '<div id="navigation" class="section level2">{}</div>'
            '<aside id="footnotes" class="footnotes" role="doc-endnotes">{}</aside>',
            id="R Markdown",
        ),
        pytest.param(
            QUARTO,
            '<section id="related" class="level3">{}</section><aside class="margin-note">{}</aside>',
            id="Quarto: a section and a margin note",
        ),
        pytest.param(
            QUARTO,
            '<div class="callout callout-style-default callout-note">{}</div>'
            '<div id="quarto-appendix" class="default"><section class="quarto-appendix-contents" '
            'role="doc-endnotes" id="footnotes">{}</section></div>',
            id="Quarto: a callout and the appendix",
        ),
        pytest.param(
            STARLIGHT,
            '<aside aria-label="Note" class="starlight-aside starlight-aside--note">{}</aside><p>{}',
            id="Starlight",
        ),
        pytest.param(
            DOCUSAURUS,
            '<div class="theme-admonition theme-admonition-info admonition_x alert alert--info">{}</div>'
            '<h2 class="anchor" id="share">Share</h2><p>{}',
            id="Docusaurus",
        ),
        pytest.param(
            OCTOPRESS,
            "<blockquote><p>{}</p><footer><strong>Ann</strong> <cite>{}</cite></footer></blockquote>",
            id="Octopress: a quote",
        ),
        pytest.param(
            HUGO,
            "<blockquote><p>{}</p><footer>— <cite>{}</cite></footer></blockquote>",
            id="Hugo: a quote, without marked content",
        ),
        pytest.param(
            HUGO,
            '<h2 id="share">Share</h2>{}<div class="footnotes" role="doc-endnotes">{}</div>',
            id="Hugo: notes",
        ),
        pytest.param(HUGO, "<aside>{}</aside><aside class=tufte>{}</aside>", id="Hugo: asides by hand"),
        pytest.param(
            WORDPRESS,
            '<figure class="wp-block-pullquote"><blockquote>{}<cite>x</cite></blockquote></figure>'
            '<ol class="wp-block-footnotes"><li>{}</ol>',
            id="WordPress: a pull quote and footnotes",
        ),
        pytest.param(
            WORDPRESS,
            '<aside class="wp-block-group">{}</aside><div id="related-work">{}</div>',
            id="WordPress: a group",
        ),
        pytest.param(MKDOCS, '<div class="admonition note">{}</div><h2 id="comments">x</h2>{}', id="MkDocs"),
        pytest.param(
            ASCIIDOCTOR,
            '<div class="sect1" id="related"><h2 id="_related">Related</h2>{}</div>'
            '<div class="sidebarblock"><div class="content">{}</div></div>',
            id="Asciidoctor",
        ),
        pytest.param(
            "<div id=content>{}</div>",
            '<div id="outline-container-share" class="outline-2">{}</div><p>{}',
            id="Org mode",
        ),
        pytest.param(
            "<div class=sidebar-right>{}<div class=widget>x</div></div>",
            "<article>{} {}</article>",
            id="a wrapper that is called by its layout",
        ),
        pytest.param(
            "<div id=page class='menu-open nav-sticky'><div class=wrap>{}</div></div>",
            "<div class=hentry><h1>x</h1>{} {}</div>",
            id="a wrapper that is called by its menu",
        ),
    ],
)
def test_notes_quotes_and_sections_are_the_post_s_text(page: str, text: str) -> None:
    assert targets(page.format(text.format(A, B))) == ["https://a.example/1", "https://b.example/2"]


@pytest.mark.parametrize(
    "around",
    [
        pytest.param('<section id="comments" class="comments-area">{}</section>', id="WordPress: comments"),
        pytest.param('<div id="respond" class="comment-respond">{}</div>', id="WordPress: a form"),
        pytest.param('<div class="sharedaddy sd-sharing-enabled">{}</div>', id="Jetpack: buttons"),
        pytest.param(
            '<div id="jp-relatedposts" class="jp-relatedposts">{}</div>', id="Jetpack: related posts"
        ),
        pytest.param('<nav class="post-navigation">{}</nav>', id="WordPress: the next post"),
        pytest.param("<footer class=entry-footer>{}</footer>", id="WordPress: the post's footer"),
        pytest.param('<div id="disqus_thread"><noscript>x</noscript>{}</div>', id="Disqus"),
        pytest.param("<aside class=related><h2>See also</h2>{}</aside>", id="Hugo: related posts"),
        pytest.param('<aside class="author-bio">{}</aside>', id="the author"),
        pytest.param("<section class=related-content>{}</section>", id="Hugo: related content"),
        pytest.param('<div class="social-share">{}</div>', id="buttons"),
        pytest.param('<section class="newsletter">{}</section>', id="a newsletter"),
        pytest.param('<nav class="pagination-nav docusaurus-mt-lg">{}</nav>', id="Docusaurus: pages"),
        pytest.param('<footer class="theme-doc-footer">{}</footer>', id="Docusaurus: the footer"),
        pytest.param('<div class="related" role="navigation">{}</div>', id="Sphinx: the bar"),
        pytest.param('<section id="comments">{}</section>', id="comments by an id alone"),
    ],
)
@pytest.mark.parametrize("page", [HUGO, "<main>{}</main>", "<main><article>{}</article></main>"])
def test_what_a_theme_puts_beside_it_is_not(page: str, around: str) -> None:
    assert targets(page.format(around.format(NO) + A)) == ["https://a.example/1"]


def test_links_that_get_no_ping_are_counted_by_reason() -> None:
    post = read(
        f"<article><p>{A} {A}<a rel=nofollow href='https://x.example/1'>x</a>"
        "<a rel='ugc nofollow' href='https://x.example/2'>x</a><a rel=me href='https://me.example/'>me</a>"
        f"<div hidden>{NO}</div><footer><a href='https://f.example/'>x</a><a href='/own/'>x</a></footer>"
        "</article>"
        "<div id=comments><a rel=nofollow href='https://c.example/1'>x</a>"
        f"<a href='https://c.example/2'>x</a><a href='https://c.example/2#again'>x</a>{A}</div>"
    )
    assert [link.target for link in post.links] == ["https://a.example/1"]
    assert dict(post.left_out) == {
        LeftOut.MARKED: 2,
        LeftOut.COMMENTS: 2,
        LeftOut.HIDDEN: 1,
        LeftOut.AROUND: 1,
    }
