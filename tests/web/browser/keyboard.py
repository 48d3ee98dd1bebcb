"""Hands that have a keyboard and nothing else; wherever they get to, it must be seen where they are."""

from dataclasses import dataclass
from pathlib import Path

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
        return " ".join(str(self.visitor.page.evaluate(CALLED)).split()).replace(" ,", ",")

    def key(self, name: str) -> None:
        """Press a key."""
        self.visitor.page.keyboard.press(name)

    def tab(self, key: str = "Tab") -> None:
        """Go on to what is next, which must look as if it had the focus."""
        self.key(key)
        if self.visitor.page.evaluate("document.activeElement === document.body"):
            self.key(key)  # After the last stop comes the browser's own window, and then the first again.
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
        self.tab()
        assert self._has("closest('main')"), f"the way past the menu leads to “{self.focused()}”"
        self.tab("Shift+Tab")

    def type(self, **typed: str) -> None:
        """Go on to inputs by their names, one after the other, and type."""
        for name, words in typed.items():
            self._reach(f"id === '{name.replace('__', '-')}'")
            self.key("Control+A")
            self.visitor.page.keyboard.type(words)

    def pick(self, name: str, words: str) -> None:
        """Go on to a list by its name, and down to what is read there."""
        self._reach(f"id === '{name}'")
        for _ in range(MOST_STOPS):
            self.key("ArrowDown")
            if self.visitor.page.evaluate("document.activeElement.selectedOptions[0].text") == words:
                return
        raise AssertionError(f"“{words}” is not in the list {name} on {self.visitor.page.url}")

    def give(self, name: str, file: Path) -> None:
        """Go on to where a file is asked for, and give one."""
        self._reach(f"id === '{name}'")
        # Enter would open the operating system's own window, which no browser lets a test type into.
        self.visitor.page.set_input_files(f"#{name}", file)

    def unfold(self, words: str) -> None:
        """Go on to a part of the page that is folded, and open it."""
        self.tab_to(words)
        self.key("Enter")
        assert self._has("parentElement.open"), f"“{words}” does not open"
        self.visitor.look()

    def fetch(self, words: str) -> bytes:
        """Go on to the link of a file, and fetch it."""
        self.tab_to(words)
        with self.visitor.page.expect_download() as fetched:
            self.key("Enter")
        return Path(fetched.value.path()).read_bytes()

    def mend(self, words: str) -> None:
        """Go from what the error summary says, which has the focus, to the input that it is about."""
        assert self.focused().startswith("There is a problem")
        self.tab_to(words)
        self.key("Enter")
        assert self._has("matches('input, select, textarea')"), f"“{words}” leads to “{self.focused()}”"

    def choose(self, words: str) -> None:
        """Go on to the next radio buttons, and down to one of them."""
        self._reach("matches('[type=radio]:not(:checked)')")
        self.key("Space")
        for _ in range(MOST_STOPS):
            if self.focused() == words:
                return
            self.key("ArrowDown")
        raise AssertionError(f"“{words}” is no choice on {self.visitor.page.url}")

    def _reach(self, test: str) -> None:
        for _ in range(MOST_STOPS):
            if self._has(test):
                return
            self.tab()
        raise AssertionError(f"Tab does not reach what has {test} on {self.visitor.page.url}")

    def _has(self, test: str) -> bool:
        return bool(self.visitor.page.evaluate(f"document.activeElement.{test}"))
