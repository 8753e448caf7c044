"""A Flask-SocketIO application as its manual shows it, without `socketio.run`."""

from flask import Flask, request
from flask_socketio import SocketIO, emit, join_room

app = Flask(__name__)
socketio = SocketIO(app, async_mode="eventlet", ping_interval=1, ping_timeout=5)
left = []


@app.route("/")
def index():
    return "hello"


@app.route("/left")
def who_left():
    return {"left": left}


@socketio.on("connect")
def connect():
    emit("welcome", {"transport": request.args.get("transport")})


@socketio.on("disconnect")
def disconnect(*reason):
    left.append(request.sid)


@socketio.on("double")
def double(number):
    return number * 2  # the acknowledgement


@socketio.on("shout")
def shout(text):
    emit("shouted", text.upper(), broadcast=True)


@socketio.on("binary")
def binary(data):
    emit("binary", bytes(reversed(data)))


@socketio.on("count")
def count(number):
    join_room("counters")
    socketio.start_background_task(push, number)


def push(number):
    for each in range(number):
        socketio.emit("counted", each, to="counters")
        socketio.sleep(0)
