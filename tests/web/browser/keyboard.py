"""Hands that have a keyboard and nothing else; wherever they get to, it must be seen where they are."""

from dataclasses import dataclass

from tests.web.browser.conftest import Visitor

MOST_STOPS = 80
CALLED = """
(document.activeElement.labels?.[0] ?? document.activeElement).innerText || document.activeElement.name || ''
"""
IS_SEEN = """
() => {
  const here = document.activeElement
  const drawn = [[here, null], ...[...(here.labels ?? [])].map(label => [label, "::before"])]
  const look = () => JSON.stringify(drawn.map(([one, part]) => {
    const style = getComputedStyle(one, part)
    return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.backgroundColor, style.borderWidth]
  }))
  const focused = look()
  here.blur()
  const left = look()
  here.focus()
  return focused !== left
}
"""


@dataclass(frozen=True)
class Keyboard:
    """Somebody who uses no mouse."""

    visitor: Visitor

    def focused(self) -> str:
        """Return what a screen reader calls what has the focus: its words, or its label."""
        return " ".join(str(self.visitor.page.evaluate(CALLED)).split())

    def key(self, name: str) -> None:
        """Press a key."""
        self.visitor.page.keyboard.press(name)

    def tab(self, key: str = "Tab") -> None:
        """Go on to what is next, which must look as if it had the focus."""
        self.key(key)
        assert self.visitor.page.evaluate(IS_SEEN), f"nothing shows that “{self.focused()}” has the focus"

    def tab_to(self, words: str, key: str = "Tab") -> None:
        """Go on until what has the focus is called so."""
        for _ in range(MOST_STOPS):
            self.tab(key)
            if self.focused() == words:
                return
        raise AssertionError(f"{key} does not reach “{words}” on {self.visitor.page.url}")

    def press(self, words: str) -> None:
        """Go on to a link or button, press Enter, and look at what comes."""
        self.tab_to(words)
        self.enter()

    def enter(self) -> None:
        """Press Enter on what has the focus, and look at what comes."""
        with self.visitor.page.expect_navigation():
            self.key("Enter")
        self.visitor.look()

    def skip(self) -> None:
        """Leave the menu out: the way past it is the first thing on the page."""
        self.tab()
        assert self.focused() == "Skip to main content"
        self.key("Enter")

    def type(self, **typed: str) -> None:
        """Go on to inputs by their names, one after the other, and type."""
        for name, words in typed.items():
            self._reach(f"document.activeElement.id === '{name.replace('__', '-')}'")
            self.key("Control+A")
            self.visitor.page.keyboard.type(words)

    def choose(self, words: str) -> None:
        """Go on to the next radio buttons, and down to one of them."""
        self._reach("document.activeElement.type === 'radio' && !document.activeElement.checked")
        self.key("Space")
        for _ in range(MOST_STOPS):
            if self.focused() == words:
                return
            self.key("ArrowDown")
        raise AssertionError(f"“{words}” is no choice on {self.visitor.page.url}")

    def _reach(self, test: str) -> None:
        for _ in range(MOST_STOPS):
            self.tab()
            if self.visitor.page.evaluate(test):
                return
        raise AssertionError(f"Tab does not reach where {test} on {self.visitor.page.url}")
