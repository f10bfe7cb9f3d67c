"""Charts as HTML with scalable pictures, which follow the width and the colours of the page."""
