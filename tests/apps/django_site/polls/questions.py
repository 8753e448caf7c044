from polls.helpers import shorten


def all_questions():
    return [
        shorten("Which generation answered this request?"),
        shorten("Was any request refused?"),
    ]
