<?php
/**
 * Plugin Name: TrackBacks of a static copy
 * Description: Names the service that takes TrackBacks for the static copy of this blog, and shows its list.
 */

const TRACKBACK_API = 'https://API';           // the service
const TRACKBACK_SITE = 'https://blog.example'; // where people read the copy

/** Returns a post's address on the copy. */
function trackback_address(): string {
	return TRACKBACK_SITE . wp_make_link_relative( get_permalink() );
}

/** Returns a post's name in the service's addresses: its own without the scheme. */
function trackback_name(): string {
	return preg_replace( '#^https?://#', '', trackback_address() );
}

/** The same in a path of the service, whose gateway decodes it once and cuts it at a "?". */
function trackback_path(): string {
	return preg_replace( '#%(?=3F|2F|25)#i', '%25', trackback_name() );
}

/** Prints where other blogs ping the post: for those that read links, and for those that read TrackBack's RDF. */
function trackback_head(): void {
	if ( ! is_single() ) {
		return;
	}
	$ping = esc_attr( TRACKBACK_API . '/trackback/' . trackback_path() );
	$post = esc_attr( trackback_address() );
	$title = esc_attr( wp_strip_all_tags( get_the_title() ) );
	$rdf = <<<RDF

<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:dc="http://purl.org/dc/elements/1.1/"
         xmlns:trackback="http://madskills.com/public/xml/rss/module/trackback/">
<rdf:Description
    rdf:about="$post"
    dc:identifier="$post"
    dc:title="$title"
    trackback:ping="$ping" />
</rdf:RDF>

RDF;
	$comment = str_replace( '--', '&#45;&#45;', $rdf ); // two hyphens would end it
	echo "<link rel=\"trackback\" href=\"$ping\">\n<!--$comment-->\n";
}

/** Puts the list behind the post's text, with a link to it for readers without JavaScript. */
function trackback_list( string $content ): string {
	if ( ! is_single() || ! in_the_loop() || ! is_main_query() ) {
		return $content;
	}
	$script = esc_attr( TRACKBACK_API . '/embed.js' );
	$list = esc_attr( TRACKBACK_API . '/pings/' . trackback_path() );
	$name = esc_attr( trackback_name() );
	return $content . <<<HTML

<script type="module" src="$script"></script>
<trackback-list post="$name" ping-url><a href="$list">TrackBacks</a></trackback-list>

HTML;
}

add_action( 'wp_head', 'trackback_head' );
add_filter( 'the_content', 'trackback_list', 100 ); // after WordPress has made its paragraphs
