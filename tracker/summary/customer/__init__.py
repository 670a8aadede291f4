"""One customer on one page: who it is, what was said and agreed, what is open, what to do next."""
