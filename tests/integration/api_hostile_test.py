#!/usr/bin/env python3
"""The HTTP interface and who does not mean well: malformed, ambiguous, escaping, injecting. api_hostile_test.py CASE."""
import json
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from access_test import clip_path, first_clip  # noqa: E402
from bench_world import Camsim, Service, cpu_seconds, expect, run_case  # noqa: E402
from raw_web import RawConnection, head, resident_bytes  # noqa: E402

CONFIG = "[record]\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"
MAX_GROWTH_BYTES = 16 << 20
NOBODY = "01932b6e-7a10-7c3e-9f00-0123456789ab"


def login_with(port, body, **fields):
    if isinstance(body, str):
        body = body.encode()
    fields = {"Content_Type": "application/json", "Content_Length": len(body), **fields}
    return head(port, "/api/v1/login", "POST", **fields) + body


def ambiguous_requests(port):
    """(name, bytes): each could be read as something else by a program in between. 400, then closed."""
    host = f"Host: 127.0.0.1:{port}"
    post = f"POST /api/v1/login HTTP/1.1\r\n{host}\r\nContent-Type: application/json\r\n"
    smuggled = f"GET /healthz HTTP/1.1\r\n{host}\r\n\r\n"
    cases = {
        "length and chunked": post + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
        "chunked and length": post + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + smuggled,
        "two lengths": post + "Content-Length: 2\r\nContent-Length: 80\r\n\r\n{}" + smuggled,
        "two equal lengths": post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" + smuggled,
        "a list of lengths": post + "Content-Length: 2, 2\r\n\r\n{}" + smuggled,
        "a signed length": post + "Content-Length: +2\r\n\r\n{}" + smuggled,
        "a negative length": post + "Content-Length: -2\r\n\r\n{}" + smuggled,
        "a hexadecimal length": post + "Content-Length: 0x2\r\n\r\n{}" + smuggled,
        "a length of 2^64 + 2": post + "Content-Length: 18446744073709551618\r\n\r\n{}" + smuggled,
        "gzip, chunked": post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + smuggled,
        "identity": post + "Transfer-Encoding: identity\r\n\r\n" + smuggled,
        "chunked twice": post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
        "xchunked": post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled,
        "chunked in HTTP/1.0": post.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
        "a space before the colon": post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + smuggled,
        "a folded line": f"GET / HTTP/1.1\r\n{host}\r\nX-A: b\r\n Transfer-Encoding: chunked\r\n\r\n" + smuggled,
        "a folded line with a tab": f"GET / HTTP/1.1\r\n{host}\r\nX-A: b\r\n\tc\r\n\r\n" + smuggled,
        "bare line feeds": f"GET / HTTP/1.1\n{host}\n\n" + smuggled,
        "one bare line feed": f"GET / HTTP/1.1\r\n{host}\r\nX-A: b\nX-B: c\r\n\r\n" + smuggled,
        "a bare line feed at the end": f"GET / HTTP/1.1\r\n{host}\r\n\n" + smuggled,
        "a bare carriage return": f"GET / HTTP/1.1\r\n{host}\r\nX-A: b\rX-B: c\r\n\r\n" + smuggled,
        "a zero byte": f"GET / HTTP/1.1\r\n{host}\r\nX-A: b\0c\r\n\r\n" + smuggled,
        "a zero byte in a name": f"GET / HTTP/1.1\r\n{host}\r\nX\0A: b\r\n\r\n" + smuggled,
        "no name": f"GET / HTTP/1.1\r\n{host}\r\n: b\r\n\r\n" + smuggled,
        "no version": f"GET /\r\n{host}\r\n\r\n" + smuggled,
        "version 2": f"GET / HTTP/2.0\r\n{host}\r\n\r\n" + smuggled,
        "two spaces": f"GET  / HTTP/1.1\r\n{host}\r\n\r\n" + smuggled,
        "a tab in the request line": f"GET\t/ HTTP/1.1\r\n{host}\r\n\r\n" + smuggled,
        "a chunk size that is none": post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" + smuggled,
        "a chunk size beyond 64 bits": post + "Transfer-Encoding: chunked\r\n\r\n1ffffffffffffffff\r\n{}\r\n0\r\n\r\n" + smuggled,
        "a negative chunk": post + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n" + smuggled,
        "a chunk longer than its size": post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{} }\r\n0\r\n\r\n" + smuggled,
        "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    }
    return {name: text.encode("latin-1") for name, text in cases.items()}


def unreadable_forms():
    """(name, body): the request is clear, its content is not. 400 or 422, and the connection may go on."""
    return {
        "nothing": b"", "a half": b'{"login":"a"', "an array": b"[]", "a number": b"1", "depth of 60,000": b"[" * 60_000,
        "depth in objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "two keys": b'{"login":"abc","login":"abd","password":"x"}',
        "two keys, one escaped": b'{"login":"abc","log\\u0069n":"abd","password":"x"}',
        "a zero byte": b'{"login":"a\0c","password":"x"}', "an escaped zero": b'{"login":"a\\u0000c","password":"x"}',
        "bad UTF-8": b'{"login":"\xff\xfe","password":"x"}', "an overlong slash": b'{"login":"\xc0\xaf","password":"x"}',
        "half a surrogate": b'{"login":"\\ud800","password":"x"}', "a surrogate in UTF-8": b'{"login":"\xed\xa0\x80","password":"x"}',
        "UTF-16": '{"login":"abc","password":"x"}'.encode("utf-16"), "a byte order mark": b'\xef\xbb\xbf{"login":"abc","password":"x"}',
        "2^63": b'{"login":9223372036854775808,"password":"x"}', "2^64": b'{"login":18446744073709551616,"password":"x"}',
        "1e999": b'{"login":1e999,"password":"x"}', "many digits": b'{"login":' + b"9" * 60_000 + b"}",
        "NaN": b'{"login":NaN}', "a comment": b'{/* */"login":"abc"}', "a trailing comma": b'{"login":"abc",}',
        "single quotes": b"{'login':'abc'}", "two values": b'{"login":"abc","password":"x"}{}',
        "what makes a regular expression slow": b'{"login":"' + b"a" * 60_000 + b'!","password":"x"}',
        "many keys": b"{" + b",".join(b'"k%d":1' % i for i in range(5000)) + b"}", "an empty key": b'{"":"x"}',
        "a prototype": b'{"__proto__":{"admin":true},"login":"abc","password":"x"}',
    }


def heavy_requests(port):
    """(name, pieces, statuses): more than is taken. Answered or cut, never kept."""
    chunked = head(port, "/api/v1/login", "POST", Content_Type="application/json", Transfer_Encoding="chunked")
    start = head(port)[:-2]
    return {
        "1 GB announced": ([head(port, "/api/v1/login", "POST", Content_Length=1 << 30)] + [b"x" * 65536] * 16, {413}),
        "1 GB in chunks": ([chunked] + [b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 64, {413}),
        "100,000 headers": ([start] + [b"".join(b"X-%d: y\r\n" % (n * 1000 + i) for i in range(1000)) for n in range(100)], {431}),
        "a header of 1 MB": ([start + b"X: "] + [b"y" * 65536] * 16, {431}),
        "an address of 1 MB": ([b"GET /"] + [b"y" * 65536] * 16, {431}),
        "a chunk's extension of 1 MB": ([chunked, b"2;x="] + [b"y" * 65536] * 16, {400, 413}),
        "extensions of 66,000 chunks": ([chunked] + [b"1;abcdefgh=ijklmnop\r\nx\r\n" * 1000] * 66, {400, 413}),
        "trailers of 1 MB": ([chunked, b"2\r\n{}\r\n0\r\n"] + [b"X-Trailer: y\r\n" * 5000] * 16, {400, 413, 431}),
    }


def sent(port, pieces):
    """What is answered, and whether the connection ended."""
    with RawConnection(port) as connection:
        for piece in pieces:
            if not connection.send(piece):
                break
        status = connection.answer()[0]
        return status, connection.ends_within(5)


def malformed_requests(folder, _, rounds=4):
    service = Service(folder / "data", CONFIG).start()
    try:
        port, web, slowest = service.port(), service.pids("web")[0], 0.0
        before = 0
        for turn in range(rounds + 1):
            for name, data in ambiguous_requests(port).items():
                began = time.monotonic()
                with RawConnection(port) as connection:
                    connection.send(data)
                    status = connection.answer()[0]
                    slowest = max(slowest, time.monotonic() - began)
                    expect(status in (400, 413), f"{name}: {status}")
                    expect(connection.ends_within(5) and not connection.data, f"{name}: goes on: {connection.data[:80]}")
            with RawConnection(port) as connection:
                for name, body in unreadable_forms().items():
                    connection.send(login_with(port, body))
                    began = time.monotonic()
                    status, _, text = connection.answer()
                    slowest = max(slowest, time.monotonic() - began)
                    expect(status in (400, 422), f"{name}: {status} {text[:200]}")
                    expect(json.loads(text)["sentence"]["vi"], f"{name} has no sentence")
            for name, (pieces, statuses) in heavy_requests(port).items():
                status, ended = sent(port, pieces)
                expect(status in statuses and ended, f"{name}: {status}, ended {ended}")
            packed = sent(port, [login_with(port, b"\x1f\x8b\x08" + bytes(100), Content_Encoding="gzip")])
            expect(packed == (415, True), f"a gzip body: {packed}")
            if turn == 0:
                before = resident_bytes(web)
        growth = resident_bytes(web) - before
        print(json.dumps({"slowest_ms": round(slowest * 1000, 1), "growth_kib": growth >> 10}), flush=True)
        expect(growth <= MAX_GROWTH_BYTES, f"the web process grew by {growth >> 20} MiB")
        expect(slowest < 2, f"an answer took {slowest:.2f} s")
        expect(service.pids("web") == [web], "the web process was replaced")
        with RawConnection(port) as connection:  # in order, each its own
            connection.send(head(port, "/healthz") + head(port, "/nothing") + login_with(port, b"[]") + head(port, "/healthz"))
            answered = [connection.answer()[0] for _ in range(4)]
            expect(answered == [200, 404, 400, 200], f"pipelined: {answered}")
    finally:
        service.stop()


def escaping_names():
    """Ways of writing "somewhere else"; at least 60."""
    dots = ["..", ".", "...", "....", "%2e%2e", "%2E%2E", ".%2e", "%2e.", "%252e%252e", "%25252e%25252e", "%c0%ae%c0%ae",
            "%e0%80%ae%e0%80%ae", "%uff0e%uff0e", "..%00", "..%01", "..;", "..%3b", "．．", "‥", "%EF%BC%8E%EF%BC%8E", ".%00."]
    slashes = ["/", "%2f", "%5c", "\\", "%252f", "%c0%af", "%c1%9c", "%e2%88%95", "//"]
    names = [f"{dot}{slash}{dot}{slash}etc{slash}passwd" for dot in dots[:6] for slash in slashes]
    names += [f"{dot}/{dot}/{dot}/etc/passwd" for dot in dots[6:]]
    names += ["/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "\\\\host\\share\\x", "C:\\windows\\win.ini",
              "c:/windows/win.ini", "main.js%00", "main.js%00.jpg", "main.js/", "main.js/.", "main.js/..", "./main.js", "MAIN.JS",
              "main.js::$DATA", "main.js%20", "main.js.", "~root/x", "$HOME/x", "%7e/x", "index.db", "register.db", "register.key",
              "..%2fregister.db", "../register.db", "../../register.key", "%2e%2e/index.db", "media", "proc/self/environ",
              "..%2f..%2fproc%2fself%2fenviron", "a" * 250, "CON", "%", "%2", "%zz", "*", "?", ".git/config"]
    return names


def no_name_leads_elsewhere(folder, _):
    """Files come only from the page's own list and from ids."""
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person("TRUC", "XAC_MINH")
        camera = NOBODY
        places = ["/{}", "/assets/{}", "/api/v1/events/{}/thumbnail.jpg", "/api/v1/cameras/{}/snapshot.jpg",
                  "/api/v1/cameras/{}/clip.mp4", "/api/v1/register/cameras/{}/reference", f"/api/v1/cameras/{camera}/{{}}"]
        names = escaping_names()
        expect(len(names) >= 60, f"{len(names)} forms")
        asked = 0
        for place in places:
            with RawConnection(service.port()) as connection:
                for name in names:
                    if connection.closed:
                        connection = RawConnection(service.port())
                    target = place.format(name).encode()
                    connection.send(b"GET " + target + head(service.port(), "x", Cookie=client.cookie)[5:])
                    status, fields, body = connection.answer()
                    good = status in (400, 404) or (status == 200 and place == "/{}" and name == "?")
                    expect(good and b"root:" not in body, f"{target}: {status} {body[:100]}")
                    if fields.get("connection") == "close":
                        connection.closed = True
                    asked += 1
        print(f"{len(names)} forms on {len(places)} addresses: {asked} refused", flush=True)
    finally:
        service.stop()


def ranges_cost_little(folder, footage):
    """API-15: one range at most is served, whatever is asked."""
    sim = Camsim(folder, cameras=[("a", footage / "street_sub.mp4", None)])
    service = Service(folder / "data", CONFIG).start()
    try:
        camera = service.add_camera("a", sim.url("a"))
        service.wait_recording(1)
        client = service.person("XAC_MINH")
        path = clip_path(camera, first_clip(client, camera, 8_000), client.purpose())
        whole = client.get(path).body
        size = len(whole)
        one = {f"bytes={a}-{b}": (a, min(b, size - 1)) for a, b in ((0, 0), (1, 999), (size - 1, size + 9), (5, 2**70))}
        for text, (first, last) in {**one, "bytes=-1": (size - 1, size - 1), f"bytes=-{size * 2}": (0, size - 1)}.items():
            answer = client.ask("GET", path, headers={"Range": text})
            expect(answer.status == 206 and answer.body == whole[first:last + 1], f"{text}: {answer.status} {len(answer.body)}")
        beyond = (f"bytes={size}-", f"bytes={2**64}-", "bytes=-0", f"bytes={size}-{size}")
        for text in beyond:
            answer = client.ask("GET", path, headers={"Range": text})
            expect(answer.status == 416 and answer.headers["content-range"] == f"bytes */{size}", f"{text}: {answer.status}")
        web = service.pids("web")
        before = cpu_seconds(web)
        odd = ["bytes=9-1", "bytes=0-0,5-9", "bytes=" + ",".join("0-0" for _ in range(3000)), "bytes=a-b", "bytes=", "bits=0-1",
               "bytes=--1", "bytes=0-0,-1", "bytes=" + ",".join(f"{n}-" for n in range(2000)), "bytes=0x1-", "bytes=1 - 2"]
        for text in odd * 4:
            answer = client.ask("GET", path, headers={"Range": text})
            whole_or_none = answer.status == 416 or (answer.status == 200 and len(answer.body) == size)
            expect(whole_or_none, f"{text[:40]}: {answer.status} {len(answer.body)}")
        many = client.ask("GET", path, headers={"Range": "bytes=" + ",".join("0-0" for _ in range(10_000))})
        expect(many.status == 431, f"10,000 ranges: {many.status}")
        twice = RawConnection(service.port())
        twice.send(head(service.port(), path, Cookie=client.cookie, Range="bytes=0-1", RANGE="bytes=5-6"))
        expect(twice.answer()[0] in (200, 206, 400), "two Range fields")
        took = cpu_seconds(web) - before
        print(f"{len(odd) * 4 + 1} odd ranges of {size} bytes: {took:.2f} s of CPU", flush=True)
        expect(took < 5, f"{took:.1f} s of CPU")
    finally:
        service.stop()
        sim.stop()


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (malformed_requests, no_name_leads_elsewhere, ranges_cost_little)}))
