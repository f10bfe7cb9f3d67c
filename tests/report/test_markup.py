"""HTML made of tags."""

from traffic_marl.report.markup import Html, joined, tag


def test_texts_are_escaped_and_elements_are_kept():
    assert tag("p", "a < b & c", tag("b", "bold")) == "<p>a &lt; b &amp; c<b>bold</b></p>"
    assert joined(["<", Html("<br>")]) == "&lt;<br>"


def test_attributes_are_escaped_and_may_be_left_out():
    made = tag("input", class_="one", aria_label='say "x"', checked=True, disabled=False, title=None)
    assert made == '<input class="one" aria-label="say &quot;x&quot;" checked>'
