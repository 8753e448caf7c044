"""The door: a process that lets in whom the kernel vouches for, and pumps what they say.

kernel      who is at the other end of a connection
admission   whether they come in; pure
sniffing    what a client is, by its first bytes; pure
choosing    which worker a session goes to; pure
notices     what the door itself says to a client; pure
flow        bytes on their way, and where their lines end
client      one client, and the state it is in
workers     the lines to the workers and the controller
process     the loop that acts

A client's life (`client.State`):

    ARRIVED   admitted by its user     silence -> plain; our first line -> ours
                                       HTTP, or anything else that is said -> gone
    PROVING   asked for the secret     the secret -> as above; anything else -> gone
    WAITING   nobody can be entered    a worker announces itself -> INSIDE
    INSIDE    bytes go to and fro      its session ends -> LEAVING or WAITING
    LEAVING   takes its last words     taken -> gone

Rules:
1. Nothing that comes before a client is admitted is ever evaluated.  Whoever is not our
   client waits for the banner: a person does, and what a web page or a careless program
   sends does not.
2. The kernel is asked who is there; only where it cannot tell, a secret decides.
3. A client that floods, stalls or vanishes costs nobody but itself.
4. The server waits for nothing here.  When this process dies, the sockets are still the
   controller's, and the next one listens on them.
"""
