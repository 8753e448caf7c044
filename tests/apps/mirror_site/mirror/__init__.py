"""An application that tells what its process is like, for tests that compare two.

Who imports whom, in this order: wsgi -> first, edited, later, models (SQLAlchemy and Django),
urls -> views -> edited and report.  `later` and the models do not depend on `edited`, so they
may be imported before it.  Each MARK is a number drawn at import: equal in two processes if one
was forked from the other, or both from a third, after that import.
"""
