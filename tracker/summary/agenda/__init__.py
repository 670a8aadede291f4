"""What a rep has before them: visits, promises, issues and dates, each with what to know for it.

`items` are found module by module, `brief` says what to know of a customer, `route` puts the items
of each day in the order of the way.
"""
