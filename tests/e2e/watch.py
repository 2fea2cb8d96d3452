"""Notes what a page does that no text may make it do: run, load, ask, or break its own CSP."""

from typing import Any

from playwright.sync_api import BrowserContext, Error, Frame, Page

_REPORT = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("CSP", event.violatedDirective, event.blockedURI, event.sample);
});
"""
_TRACES = """() => {
  const found = [];
  if (typeof pwned !== "undefined") found.push("pwned is there");
  const planted = document.querySelector("#pwned, [onerror], [onload], [onfocus], [style*=pwned]");
  if (planted) found.push(planted.outerHTML);
  const addresses = [...document.querySelectorAll("[href], [src], [action], [formaction], [data]")].flatMap(
    (element) => [element.href?.baseVal ?? element.href, element.src, element.action, element.formAction]);
  for (const address of addresses)
    if (typeof address === "string" && !/^(https?:|about:|mailto:|data:,$|$)/.test(address))
      found.push(address);
  return found;
}"""


class Watch:
    """Watches a page from now on; `done` is what it has done amiss, cleared by `look`."""

    def __init__(self, context: BrowserContext) -> None:
        """Open the page."""
        context.add_init_script(_REPORT)
        self.page: Page = context.new_page()
        self._done: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._done.append(f"error: {error}"))
        self.page.on("dialog", self._refuse)
        self.page.on("request", lambda request: self._note_request(request.url))
        self.page.on("popup", lambda page: self._done.append(f"opened {page.url}"))
        self.page.on("download", lambda download: self._done.append(f"downloaded {download.url}"))

    def look(self, url: str) -> list[str]:
        """Go to a page; return what it has done amiss."""
        try:
            self.page.goto(url)
        except Error as error:  # it leads elsewhere, or to nothing
            self._done.append(error.message)
        return self.traces()

    def traces(self) -> list[str]:
        """Return what the page has done amiss since the last look, and what it holds of the kind."""
        for frame in self.page.frames:
            self._done += self.holds(frame)
        done, self._done = self._done, []
        return done

    @staticmethod
    def holds(frame: Frame) -> list[str]:
        """Return what a frame holds that no text may bring into it."""
        try:
            found: list[str] = frame.evaluate(_TRACES)
        except Error as error:  # it has gone
            return [error.message]
        return found

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self._done.append(f"{message.type}: {message.text}")

    def _refuse(self, dialog: Any) -> None:
        self._done.append(f"asked: {dialog.message}")
        dialog.dismiss()

    def _note_request(self, url: str) -> None:
        if url.endswith("/pwned"):
            self._done.append(f"loaded {url}")
