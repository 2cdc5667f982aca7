"""A real RTSP server for tests: GStreamer's, which plays byte streams for ever, a picture at a time.

Run by Debian's Python: ``/usr/bin/python3 rtsp_server.py PORT USER PASSWORD FPS MOUNTS FILE[,FILE...]``. Each of
``MOUNTS`` mounts (``/0``, ``/1`` …) plays the file of its number; files are bare H.264 or H.265 with a delimiter
(AUD) before each picture. The file ``-`` is what comes in at standard input: H.264, each picture after its length (four
bytes, the largest first), sent to whoever watches as it comes. Prints ``ready`` once it listens, and ``play N`` as a
mount is opened. An empty user asks for no password.
"""

import re
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

FED = set()
DELIMITER = {"h264": rb"\x00\x00\x00\x01\x09", "h265": rb"\x00\x00\x00\x01\x46\x01"}


def pictures(path):
    """The pictures of a file."""
    data = open(path, "rb").read()
    codec = "h264" if path.endswith(".h264") else "h265"
    starts = [found.start() for found in re.finditer(DELIMITER[codec], data)]
    return codec, [data[a:b] for a, b in zip(starts, [*starts[1:], len(data)], strict=True)]


class Looped(GstRtspServer.RTSPMediaFactory):
    """Plays a file for ever, for all who watch together."""

    def __init__(self, path, fps, number):
        super().__init__()
        self.codec, self.pictures = ("h264", None) if path == "-" else pictures(path)
        self.fps, self.number = fps, number
        self.set_shared(True)
        self.set_latency(0)
        caps = f"video/x-{self.codec},stream-format=byte-stream,alignment=au,framerate={fps}/1"
        more = " aggregate-mode=zero-latency"
        self.set_launch(
            f"( appsrc name=src is-live=true format=time do-timestamp=true caps={caps} "
            f"! {self.codec}parse config-interval=-1 ! rtp{self.codec}pay name=pay0 pt=96{more} )"
        )

        self.connect("media-configure", self.begin)

    def begin(self, _, media):
        """Begin to push pictures into a medium that was just made."""
        print(f"play {self.number}", flush=True)
        source = media.get_element().get_by_name_recurse_up("src")
        ended = threading.Event()
        media.connect("unprepared", lambda _: ended.set())
        if self.pictures is None:
            FED.add(source)
            media.connect("unprepared", lambda _: FED.discard(source))
        else:
            threading.Thread(target=self.push, args=(source, ended), daemon=True).start()

    def push(self, source, ended):
        """Pictures at their pace."""
        started, count = time.monotonic(), 0
        while not ended.wait(max(0.0, started + count / self.fps - time.monotonic())):
            data = self.pictures[count % len(self.pictures)]
            source.emit("push-buffer", Gst.Buffer.new_wrapped(data))
            count += 1


def feed():
    """Hand what comes in at standard input to all that is fed by it."""
    given = sys.stdin.buffer
    while head := given.read(4):
        data = given.read(int.from_bytes(head, "big"))
        for source in tuple(FED):
            source.emit("push-buffer", Gst.Buffer.new_wrapped(data))


def permit(factory, role):
    """Let a role watch."""
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role(role, "media.factory.access", True)
    permissions.add_permission_for_role(role, "media.factory.construct", True)
    factory.set_permissions(permissions)


def main():
    port, user, password, fps, mounts, files = sys.argv[1:]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    names = files.split(",")
    for number in range(int(mounts)):
        factory = Looped(names[number % len(names)], int(fps), number)
        if user:
            permit(factory, user)
        server.get_mount_points().add_factory(f"/{number}", factory)
    if user:
        auth = GstRtspServer.RTSPAuth()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", user)
        auth.add_digest(user, password, token)
        server.set_auth(auth)
    if not server.attach(None):
        sys.exit("the port is taken")
    if "-" in names:
        threading.Thread(target=feed, daemon=True).start()
    print("ready", flush=True)
    GLib.MainLoop().run()


main()
