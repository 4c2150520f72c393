"""A whole page with one sentence, for those who cannot be let in: nothing else has to be loaded."""

from digitkit.widgets.views.element import Html, element, joined

STYLE = """body { max-width: 32rem; margin: 15vh auto; padding: 0 1rem; font: 1.2rem/1.5 system-ui, sans-serif }
a { display: inline-block; padding: 0.6rem 1rem; border: 2px solid; border-radius: 0.4rem; color: inherit }"""


def notice(title: str, sentence: str, again: bool = False) -> Html:
    """A page with a heading and a sentence. again: with a link that loads the page once more."""
    head = element(
        "head",
        element("title", title),
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("style", STYLE),
    )
    link = element("p", element("a", "Try again", href="")) if again else Html()
    body = element("body", element("main", element("h1", title), element("p", sentence), link))
    return joined(Html("<!doctype html>"), element("html", head, body, lang="en"))
