"""What the widgets show, as HTML: one file a widget. All of it is made by `element.element`, which escapes."""
