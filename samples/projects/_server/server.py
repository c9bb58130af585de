#!/usr/bin/env python3
"""Misbehaving loopback servers for samples/make.

usage: server.py CONFIG.json
CONFIG: {"dns": "nx" | "servfail" | "silent" | null,
         "http": [{"port": 80, "mode": "502", "root": "/srv", "tls": false, ...}]}

Modes: files (serve root), slow (files, throttled), a number (that status for
every request), cut (announce the whole file, send a part, close), reset (send a
part, then RST), hang (accept, never answer), gitcut (git http-backend, the pack
cut short), tcp (accept and hold, any protocol).
"""
import http.server
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

PAGE = ("<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n"
        "<center><h1>{0}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
STATUS = {404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error",
          502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}


def dns(mode):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))
    while True:
        query, peer = sock.recvfrom(512)
        if mode == "silent" or len(query) < 17:
            continue
        code = 3 if mode == "nx" else 2
        end = 12
        while query[end]:
            end += query[end] + 1
        sock.sendto(query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, 0, 0, 0)
                    + query[12:end + 5], peer)


def handler(conf):
    mode, root = conf["mode"], conf.get("root", "/srv")

    class Handler(http.server.SimpleHTTPRequestHandler):
        server_version, sys_version = "nginx", ""
        protocol_version = "HTTP/1.1"

        def __init__(self, *args):
            super().__init__(*args, directory=root)

        def log_message(self, *args):
            pass

        def answer(self, code):
            body = PAGE.format("%d %s" % (code, STATUS[code])).encode()
            self.send_response(code, STATUS[code])
            if code == 429:
                self.send_header("Retry-After", "1")
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            self.close_connection = True

        def part(self, body, how):
            """Announce all of body, send a part of it, end the connection."""
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            share = body[:int(len(body) * conf.get("share", 0.4))]
            for at in range(0, len(share), 65536):
                self.wfile.write(share[at:at + 65536])
                time.sleep(conf.get("pause", 0.05))
            self.wfile.flush()
            if how == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                           struct.pack("ii", 1, 0))
                os.close(self.connection.detach())
            self.close_connection = True

        def do_GET(self):
            path = self.translate_path(self.path)
            # "only": the mode holds for paths with this word, others are served
            now = mode if conf.get("only", "") in self.path else "files"
            if now == "hang":
                time.sleep(600)
            elif now == "gitcut":
                self.git()
            elif now.isdigit():
                self.answer(int(now))
            elif not os.path.exists(path):
                self.answer(404)
            elif now in ("cut", "reset", "slow") and os.path.isfile(path):
                if now == "slow":
                    conf["share"] = 1
                self.part(open(path, "rb").read(), now)
            else:
                super().do_GET()

        def do_POST(self):
            self.do_GET()

        do_PUT = do_POST

        def git(self):
            length = int(self.headers.get("Content-Length") or 0)
            path, _, query = self.path.partition("?")
            env = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1",
                       PATH_INFO=path, QUERY_STRING=query, REQUEST_METHOD=self.command,
                       CONTENT_TYPE=self.headers.get("Content-Type", ""),
                       CONTENT_LENGTH=str(length), REMOTE_ADDR="127.0.0.1")
            if "Git-Protocol" in self.headers:
                env["GIT_PROTOCOL"] = self.headers["Git-Protocol"]
            sent = self.rfile.read(length)
            if self.headers.get("Content-Encoding") == "gzip":
                env["HTTP_CONTENT_ENCODING"] = "gzip"
            out = subprocess.run(["git", "http-backend"], input=sent, env=env,
                                 stdout=subprocess.PIPE).stdout
            head, _, body = out.partition(b"\r\n\r\n")
            self.send_response(200)
            for line in head.decode().split("\r\n"):
                name, _, value = line.partition(": ")
                if name != "Status":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if b"PACK" in body:
                body = body[:int(len(body) * 0.6)]
                self.close_connection = True
            self.wfile.write(body)

    return Handler


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass


def main():
    conf = json.load(open(sys.argv[1]))
    if conf.get("dns"):
        threading.Thread(target=dns, args=(conf["dns"],), daemon=True).start()
    for one in conf.get("http", []):
        if one["mode"] == "tcp":
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("", one["port"]))
            sock.listen(16)
            one["keep"] = sock
            continue
        server = Server(("", one["port"]), handler(one))
        if one.get("tls"):
            name = one.get("name", "artifacts.acme.example")
            cert = "/tmp/server-%d.pem" % one["port"]
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                            "-keyout", cert + ".key", "-out", cert, "-days", "30",
                            "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name],
                           check=True, stderr=subprocess.DEVNULL)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, cert + ".key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


main()
