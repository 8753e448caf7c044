"""Pages of the application that refresh by themselves, and say why new code does not start.

`inject` adds a script to HTML pages, `pages` answers what the script asks, and
`livereload.js` is the script.  What there is to tell comes from the controller as
`messages.News`; a question that has no answer yet waits on its connection, see
`spawning.http.parking`.
"""
