"""Hostile texts, one of each kind, for any field of a ping.

Each sets `window.pwned`, loads `LOADED` or creates an element with the id `pwned` if a page, a mail or a
script treats it as more than text. `tests/e2e/test_hostile_texts.py` first proves that they can.
"""

LOADED = "http://localhost:4/pwned"
"""URL that some texts load. No server listens there, because tests only need to see the request."""

_SCRIPT = "<script>pwned=1</script>"
_IMAGE = "<img src=x onerror=pwned=1>"

TAGS = {
    "script element": _SCRIPT,
    "script from elsewhere": f"<script src={LOADED}></script>",
    "module script": "<script type=module>window.pwned=1</script>",
    "image that fails": _IMAGE,
    "image that loads": f"<img src={LOADED} alt=''>",
    "image by srcset": f"<img srcset='{LOADED} 1x'>",
    "autofocus": "<input autofocus onfocus=pwned=1>",
    "details that opens": "<details open ontoggle=pwned=1>Read on</details>",
    "marquee": "<marquee onstart=pwned=1>news</marquee>",
    "animated element": "<style>@keyframes k{}</style><b style=animation:k onanimationstart=pwned=1>b</b>",
    "video source": "<video><source onerror=pwned=1></video>",
    "audio": "<audio src=x onerror=pwned=1></audio>",
    "frame of a script": "<iframe src=javascript:parent.pwned=1></iframe>",
    "frame of a document": "<iframe srcdoc='&lt;script&gt;parent.pwned=1&lt;/script&gt;'></iframe>",
    "object": f"<object data={LOADED}></object>",
    "embed": f"<embed src={LOADED}>",
    "base": "<base id=pwned href=http://localhost:4/>",
    "refresh": f"<meta http-equiv=refresh content='0;url={LOADED}'>",
    "stylesheet": f"<link rel=stylesheet href={LOADED}>",
    "prefetch": f"<link rel=prefetch href={LOADED}>",
    "form of another": f"<form id=pwned action={LOADED}><button>Approve</button></form>",
    "button with its own target": f"<button id=pwned formaction={LOADED}>Approve</button>",
    "custom element": "<x-y id=pwned tabindex=0 onfocus=pwned=1>z</x-y>",
    "clobbered name": "<a id=pwned name=csrf href=#>a</a>",
    "declarative shadow root": f"<p id=pwned><template shadowrootmode=open>{_IMAGE}</template>",
    "popover": "<button popovertarget=pwned>b</button><p id=pwned popover onbeforetoggle=pwned=1>p</p>",
    "dialog": "<dialog open id=pwned>Your session ended: sign in again</dialog>",
    "upper case and slashes": "<IMG/SRC=x/ONERROR=pwned=1//",
    "never closed": "<img src=x onerror=pwned=1 alt='",
    "tag inside a tag": "<scr<script>ipt>pwned=1</scr</script>ipt>",
    "line feeds in a tag": "<img\nsrc=x\nonerror\n=\npwned=1>",
    "null byte in a tag": "<scr\0ipt>pwned=1</scr\0ipt><img src=x on\0error=pwned=1><i id=pwned>",
    "vertical tab and form feed": "<svg\x0conload=pwned=1><img\x0bsrc=x onerror=pwned=1>",
    "no brackets closed": "<svg onload=pwned=1//",
}

FOREIGN = {
    "SVG": "<svg onload=pwned=1></svg>",
    "SVG script": f"<svg><script href={LOADED} /></svg>",
    "SVG animation": "<svg><animate onbegin=pwned=1 attributeName=x dur=1s></svg>",
    "SVG link": f"<svg><use href='data:image/svg+xml,<svg id=x />#x' /><image href={LOADED} /></svg>",
    "SVG foreign object": f"<svg><foreignObject><body>{_IMAGE}</foreignObject></svg>",
    "SVG style": "<svg><style><img src=x onerror=pwned=1></style></svg>",
    "MathML": "<math id=pwned><mtext><img src=x onerror=pwned=1></mtext></math>",
    "MathML link": "<math><mrow id=pwned href=javascript:pwned=1><mtext>m</mtext></mrow></math>",
    "XML stylesheet": f"<?xml-stylesheet href='{LOADED}'?><i id=pwned>",
}

STYLES = {
    "style element": f"<style>body{{background:url({LOADED})}}</style>",
    "import": f"<style>@import '{LOADED}';</style>",
    "style attribute": f"<p id=pwned style='position:fixed;inset:0;background:url({LOADED})'>over all</p>",
    "expression": "<p id=pwned style='width:expression(pwned=1);behavior:url(#default#time2)'>p</p>",
    "attribute selector": f"<style>input[value^=a],a{{background:url({LOADED})}}</style>",
    "font": f"<style>@font-face{{font-family:f;src:url({LOADED})}}*{{font-family:f}}</style>",
    "end of a declaration": f"red;}} body{{background:url({LOADED})}} /*",
}

BREAK_OUTS = {
    "double quote": '"><img src=x onerror=pwned=1>',
    "single quote": "'><img src=x onerror=pwned=1>",
    "backtick": "`><img src=x onerror=pwned=1>",
    "no quote": " onfocus=pwned=1 autofocus tabindex=0 id=pwned ",
    "new attribute": '" autofocus onfocus=pwned=1 tabindex=0 x="',
    "new attribute in single quotes": "' autofocus onfocus=pwned=1 tabindex=0 x='",
    "title": f"</title>{_IMAGE}",
    "textarea": f"</textarea>{_IMAGE}",
    "style": f"</style>{_IMAGE}",
    "noscript": f"</noscript>{_IMAGE}",
    "comment": f"-->{_IMAGE}<!--",
    "comment of another kind": f"--!>{_IMAGE}",
    "conditional comment": f"<!--[if true]>{_IMAGE}<![endif]-->{_IMAGE}",
    "CDATA": f"]]>{_IMAGE}<![CDATA[",
    "iframe and xmp": f"</iframe></xmp></noembed></noframes>{_IMAGE}",
    "select and option": f"</option></select>{_IMAGE}",
    "table": f"</td></tr></table>{_IMAGE}",
    "template and SVG": f"</template></svg></math>{_IMAGE}",
    "plaintext": "<plaintext id=pwned>",
    "end of the document": f"</body></html>{_IMAGE}",
    "end of a script": f"</script>{_SCRIPT}",
    "script in a double quote": '";pwned=1;//',
    "script in a single quote": "';pwned=1;//",
    "script in a template": "${pwned=1}`;pwned=1;//",
    "script line separators": "\u2028pwned=1\u2029pwned=1//",
    "escaped script": f"<!--<script>{_SCRIPT}",
    "backslash before a quote": "\\\";pwned=1;//\\';pwned=1;//",
}

MUTATIONS = {
    "noscript title": "<noscript><p title='</noscript><img src=x onerror=pwned=1>'>",
    "MathML table": f"<math><mtext><table><mglyph><style><!--</style><b title='-->{_IMAGE}'>",
    "SVG CDATA": "<svg></p><style><a id='</style><img src=x onerror=pwned=1>'>",
    "nested forms": "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=pwned=1>",
    "listing": "<listing>&lt;img src=x onerror=pwned=1&gt;</listing><i id=pwned>",
    "backtick attribute": "<img alt='``onerror=pwned=1' src=x id=pwned>",
    "entity in a name": "<img src=x o&#110;error=pwned=1 onerror&#61;pwned=1 id=pwned>",
}

TEMPLATES = {
    "mustache": "{{7*7}}{{constructor.constructor('pwned=1')()}}",
    "Jinja": "{% for c in [].__class__.__base__.__subclasses__() %}{{ c }}{% endfor %}{{ config }} pwned",
    "Jinja comment": "{# pwned #}{{ cycler.__init__.__globals__.os.popen('echo pwned').read() }}",
    "raw": f"{{% endraw %}}{{% endblock %}}{{{{ '{_IMAGE}'|safe }}}}",
    "expression language": "${7*7}#{7*7}*{7*7}@{7*7} pwned",
    "ERB": "<%= 7*7 %><% pwned %><%= system('echo pwned') %>",
    "PHP": "<?php echo 'pwned'; ?><?= 7*7 ?>",
    "server-side include": "<!--#exec cmd='echo pwned'-->",
    "edge-side include": f"<esi:include src={LOADED} />",
    "format string": "%s%n%x%08x{0}{0.__class__}{pwned!r:>99999}",
    "shell": "$(echo pwned)`echo pwned`;echo pwned|echo pwned&&echo pwned",
    "formula": "=cmd|'/c pwned'!A1",
    "SQL": "'; DROP TABLE pwned; -- ",
    "PartiQL and expression names": "#pwned = :pwned OR attribute_exists(id)",
}

SCHEMES = {
    "javascript": "<a id=pwned href=javascript:pwned=1>more</a>",
    "javascript alone": "javascript:pwned=1",
    "javascript in mixed case": "JaVaScRiPt:pwned=1",
    "javascript after a space": " \x01javascript:pwned=1",
    "javascript with a tab": "java\tscript:pwned=1",
    "javascript with a line feed": "java\nscript:pwned=1",
    "javascript by entities": "&#106;avascript&colon;pwned=1",
    "javascript as a comment": "javascript://blog.example/%0apwned=1",
    "data": f"data:text/html,{_SCRIPT}",
    "data in base64": "data:text/html;base64,PHNjcmlwdD5wd25lZD0xPC9zY3JpcHQ+#pwned",
    "vbscript": "vbscript:pwned=1",
    "feed": "feed:javascript:pwned=1",
    "view-source": "view-source:http://localhost:4/pwned",
    "blob and filesystem": "blob:null/pwned",
    "file": "file:///etc/pwned",
    "no scheme": "//localhost:4/pwned",
    "user in front of a host": "http://blog.example@localhost:4/pwned",
    "backslashes": "http:\\\\localhost:4\\pwned",
    "address with markup": 'http://other.example/"><img/src=x/onerror=pwned=1>?a=\'><b/id=pwned>#`"onload=pwned=1',
}

ENCODINGS = {
    "entities": "&lt;script&gt;pwned=1&lt;/script&gt;",
    "entities twice": "&amp;lt;script&amp;gt;pwned=1&amp;lt;/script&amp;gt;",
    "decimal entities without semicolons": "&#60img src=x onerror=pwned=1&#62",
    "long hexadecimal entities": "&#x000003cimg src=x onerror=pwned=1&#x000003e",
    "named angle entities": "&lang;img src=x onerror=pwned=1&rang;&LT;img src=x onerror=pwned=1&GT;",
    "percent": "%3Cscript%3Epwned=1%3C/script%3E",
    "percent twice": "%253Cscript%253Epwned=1%253C/script%253E",
    "UTF-7": "+ADw-script+AD4-pwned=1+ADw-/script+AD4-",
    "overlong UTF-8, decoded wrongly": "\u00c0\u00bcscript\u00c0\u00bepwned=1\u00c0\u00bc/script\u00c0\u00be",
    "ISO-2022-JP escapes": '\x1b$B\x1b(B"><img src=x onerror=pwned=1>\x1b(J',
    "fullwidth": "＜script＞pwned=1＜/script＞",
    "look-alike brackets": "‹img src=x onerror=pwned=1›〈script〉pwned=1〈/script〉",
    "half-wide quotes": "＂ onfocus=pwned=1 autofocus x=＂",
    "script escapes": "\\u003cscript\\u003epwned=1\\x3c/script\\x3e",
    "CSS escapes": "\\3c img src=x onerror=pwned=1\\3e",
    "byte order mark": f"\ufeff{_SCRIPT}",
    "combining after a bracket": "<\u0338script>pwned=1</script><i\u0338mg id=pwned>",
    "dotless and long letters": "<ſcript>pwned=1</ſcript><ımg src=x onerror=pwned=1>",
}

LETTERS = {
    "override of direction": "pwned \u202egnp.egami\u202c and \u2066\u2067\u2069",
    "unbalanced direction": "\u202b\u202b\u202b\u2067\u2067 pwned )( <>",
    "right to left": "مرحبا <b>pwned</b> שלום (pwned) 123",
    "zero width": "pwned ap\u200bpro\u200dve\u2060 pw\ufeffned\u00ad",
    "tag characters": "hello\U000e0070\U000e0077\U000e006e\U000e0065\U000e0064 pwned",
    "variation selectors": "pwned p\ufe00w\ufe01n\ufe0fe\U000e0100d",
    "family of emoji": "👩‍👩‍👧‍👦🏳️‍🌈👍🏿🇪🇺 pwned " * 6,
    "pile of marks": "pwned" + "\u0301\u0327\u0336" * 60,
    "very long word": "pwned" * 100,
    "very long word without breaks": "W" * 480 + " pwned",
    "wide and tall": "𒐫﷽꧅ pwned " * 9,
    "nothing to see": "\u3164\u2800\u115f\u00a0pwned\u3000",
    "ANSI escapes": "\x1b[2J\x1b[31mpwned\x1b]8;;http://localhost:4/pwned\x07link\x1b]8;;\x07\x9b31m",
    "backspaces and bells": "approved\b\b\b\b\b\b\b\bpwned\a\x7f",
    "carriage return": "harmless\rpwned",
    "null byte": "pwned\0pwned",
    "noncharacters": "pwned\ufffe\uffff\ufdd0",
}

MAILS = {
    "header by line feeds": "News\r\nBcc: pwned@localhost\r\nX-Pwned: 1",
    "header by a lone return": "News\rBcc: pwned@localhost",
    "header by percent": "News%0d%0aBcc: pwned@localhost%0aSubject: pwned",
    "header by other line ends": "News\x85Bcc: pwned@localhost\u2028To: pwned@localhost\x0bCc: pwned@x",
    "body": f"News\r\n\r\n<html>{_IMAGE}</html>",
    "content type": f"News\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{_SCRIPT}",
    "encoded word": "=?utf-8?B?PHNjcmlwdD5wd25lZD0xPC9zY3JpcHQ+?= =?utf-8?Q?=0D=0ABcc:_pwned@localhost?=",
    "boundary": "--=_pwned\r\nContent-Type: text/html\r\n\r\n<i id=pwned>\r\n--=_pwned--",
    "end of the message": "\r\n.\r\nQUIT\r\npwned",
    "soft line breaks": "=3Cscript=3Epwned=3D1=3C/script=3E=\r\n",
    "addresses": 'pwned@localhost, <pwned@localhost>; "Pwned" (pwned) <a@b.example>',
    "mail from the mailbox format": "\nFrom pwned@localhost Thu Jan  1 00:00:00 1970\n",
}

OTHERS = {
    "Markdown": f"[Approve](javascript:pwned=1) ![x]({LOADED}) <{LOADED}> # pwned **bold** `code`",
    "BBCode": f"[url={LOADED}]pwned[/url][img]{LOADED}[/img]",
    "JSON": '"},"pwned":true,{"x":"</script><i id=pwned>',
    "prototype": '{"__proto__":{"pwned":1},"constructor":{"prototype":{"pwned":1}}}',
    "JSONP": "pwned(1);/*",
    "XML entity": f"<!DOCTYPE p [<!ENTITY e SYSTEM '{LOADED}'>]><p id=pwned>&e;</p>",
    "query": "a&approve=1&id=pwned#pwned?x=1;y=2",
    "path": "../../../moderate/decide?status=approved&pwned",
    "selector": "#pwned, [href^='/moderate'] :not(*) { }",
    "everything at once": (
        "javascript:/*'/*`/*\"/*--></title></style></textarea></noscript></script>"
        f"{_IMAGE}%0d%0a{{{{7*7}}}}${{pwned=1}}*/pwned=1//"
    ),
}

FAMILIES = {
    "tags": TAGS,
    "foreign elements": FOREIGN,
    "styles": STYLES,
    "break-outs": BREAK_OUTS,
    "mutations": MUTATIONS,
    "templates": TEMPLATES,
    "schemes": SCHEMES,
    "encodings": ENCODINGS,
    "letters": LETTERS,
    "mails": MAILS,
    "others": OTHERS,
}
PAYLOADS = [(f"{family}: {name}", text) for family, kinds in FAMILIES.items() for name, text in kinds.items()]
"""All of them, as pairs of name and text."""
