"""The widgets, one file each; `base` holds what they share.

`views/` turns what they show into HTML and is the only place with HTML; `static/` holds their JavaScript and style sheets.
Widgets wire controls to what other rooms compute, and compute nothing themselves.
"""
