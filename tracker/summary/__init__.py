"""What the Summary shows: frames to a template's context, its page, and the sheet made of the page.

`model.build` gathers the facts, `page.render_page` puts them into the Jinja template, and
`sheet.render_sheet` turns that one page into a worksheet with native charts.
"""
