SITENAME = "A Pelican blog"
SITEURL = "http://localhost:4000"
TRACKBACK_API = "http://localhost:8080"
PLUGIN_PATHS = ["plugins"]
PLUGINS = ["trackback_lists"]

PATH = "content"
TIMEZONE = "UTC"
THEME = "simple"
THEME_TEMPLATES_OVERRIDES = ["templates"]
ARTICLE_URL = "posts/{slug}/"
ARTICLE_SAVE_AS = "posts/{slug}/index.html"
DIRECT_TEMPLATES = ["index"]
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
