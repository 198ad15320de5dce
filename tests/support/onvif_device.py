"""A simulated ONVIF device: device service, media1 and media2, HTTP Digest (MD5, SHA-256) and WS-Security, WS-Discovery,
and the quirks of devices as they are met. Streams are somebody else's (camsim): it only names them.

Everything it was asked stands in `asked`, every wrong password in `wrong_passwords`.
"""
import base64
import datetime
import hashlib
import re
import socket
import socketserver
import struct
import threading
import time

ENVELOPE = ('<?xml version="1.0" encoding="UTF-8"?><{s}:Envelope xmlns:{s}="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:{d}="http://www.onvif.org/ver10/device/wsdl" xmlns:{m}="http://www.onvif.org/ver10/media/wsdl" '
            'xmlns:{m}2="http://www.onvif.org/ver20/media/wsdl" xmlns:{t}="http://www.onvif.org/ver10/schema">'
            '<{s}:Body>{body}</{s}:Body></{s}:Envelope>')
FAULT = ('<{s}:Fault><{s}:Code><{s}:Value>{s}:Sender</{s}:Value><{s}:Subcode><{s}:Value>ter:{code}</{s}:Value></{s}:Subcode>'
         '</{s}:Code><{s}:Reason><{s}:Text xml:lang="en">{text}</{s}:Text></{s}:Reason></{s}:Fault>')
OPEN_TO_ALL = {"GetSystemDateAndTime"}


class OnvifDevice:
    """`auth`: none, digest, digest-sha256 or wss. `streams`: [(source, name, encoding, width, height, rtsp path)].

    quirks: clock_offset_s, prefixes (dict s, d, m, t), xaddr_host, redirect (a Location), body (bytes for everything),
    delay_s, chunked, no_services, strict_clock (WS-Security 5 s off is refused), only_media2.
    """

    def __init__(self, address, port, rtsp_port, streams, user="admin", password="dung-mat-khau-1", auth="digest",
                 manufacturer="Dahua", model="IPC-HFW1230", serial="7J0A1B2C3D", mac="3c:ef:8c:01:02:03",
                 uuid="5f5a69c2-e0ae-504f-829b-000000000001", **quirks):
        self.address, self.port, self.rtsp_port, self.streams = address, port, rtsp_port, streams
        self.user, self.password, self.auth = user, password, auth
        self.manufacturer, self.model, self.serial, self.mac, self.uuid = manufacturer, model, serial, mac, uuid
        self.quirks = quirks
        self.asked, self.wrong_passwords, self.peers = [], 0, set()
        self.nonce = "0123456789abcdef"
        self.names = {"s": "s", "d": "tds", "m": "trt", "t": "tt", **quirks.get("prefixes", {})}
        self.server = None
        self.discovery = None

    # ---- SOAP -------------------------------------------------------------------------------------------

    def envelope(self, body):
        return ENVELOPE.format(body=body, **self.names).encode()

    def fault(self, code, text):
        return self.envelope(FAULT.format(code=code, text=text, **self.names))

    def now(self):
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.quirks.get("clock_offset_s", 0))

    def host(self):
        return self.quirks.get("xaddr_host", self.address)

    def answer(self, action, text):
        """(status, body) of a request that may be answered."""
        d, m, t = self.names["d"], self.names["m"], self.names["t"]
        base = f"http://{self.host()}:{self.port}/onvif"
        if action == "GetSystemDateAndTime":
            n = self.now()
            body = (f"<{d}:GetSystemDateAndTimeResponse><{d}:SystemDateAndTime><{t}:UTCDateTime><{t}:Time><{t}:Hour>{n.hour}</{t}:Hour>"
                    f"<{t}:Minute>{n.minute}</{t}:Minute><{t}:Second>{n.second}</{t}:Second></{t}:Time><{t}:Date><{t}:Year>{n.year}</{t}:Year>"
                    f"<{t}:Month>{n.month}</{t}:Month><{t}:Day>{n.day}</{t}:Day></{t}:Date></{t}:UTCDateTime></{d}:SystemDateAndTime>"
                    f"</{d}:GetSystemDateAndTimeResponse>")
        elif action == "GetDeviceInformation":
            body = (f"<{d}:GetDeviceInformationResponse><{d}:Manufacturer>{self.manufacturer}</{d}:Manufacturer><{d}:Model>{self.model}"
                    f"</{d}:Model><{d}:FirmwareVersion>2.800.1</{d}:FirmwareVersion><{d}:SerialNumber>{self.serial}</{d}:SerialNumber>"
                    f"<{d}:HardwareId>1.00</{d}:HardwareId></{d}:GetDeviceInformationResponse>")
        elif action == "GetNetworkInterfaces":
            body = (f"<{d}:GetNetworkInterfacesResponse><{d}:NetworkInterfaces token=\"eth0\"><{t}:Enabled>true</{t}:Enabled><{t}:Info>"
                    f"<{t}:Name>eth0</{t}:Name><{t}:HwAddress>{self.mac}</{t}:HwAddress></{t}:Info></{d}:NetworkInterfaces>"
                    f"</{d}:GetNetworkInterfacesResponse>")
        elif action == "GetScopes":
            body = (f"<{d}:GetScopesResponse><{d}:Scopes><{t}:ScopeItem>onvif://www.onvif.org/name/Cong%20truong</{t}:ScopeItem></{d}:Scopes>"
                    f"</{d}:GetScopesResponse>")
        elif action == "GetEndpointReference":
            body = f"<{d}:GetEndpointReferenceResponse><{d}:GUID>urn:uuid:{self.uuid}</{d}:GUID></{d}:GetEndpointReferenceResponse>"
        elif action == "GetServices" and not self.quirks.get("no_services"):
            spaces = [("http://www.onvif.org/ver10/device/wsdl", "device_service"), ("http://www.onvif.org/ver20/media/wsdl", "media2")]
            if not self.quirks.get("only_media2"):
                spaces.append(("http://www.onvif.org/ver10/media/wsdl", "media"))
            if self.quirks.get("only_media1"):
                spaces.pop(1)
            body = f"<{d}:GetServicesResponse>" + "".join(
                f"<{d}:Service><{d}:Namespace>{space}</{d}:Namespace><{d}:XAddr>{base}/{path}</{d}:XAddr></{d}:Service>"
                for space, path in spaces) + f"</{d}:GetServicesResponse>"
        elif action == "GetCapabilities":
            body = (f"<{d}:GetCapabilitiesResponse><{d}:Capabilities><{t}:Media><{t}:XAddr>{base}/media</{t}:XAddr></{t}:Media></{d}:Capabilities>"
                    f"</{d}:GetCapabilitiesResponse>")
        elif action == "GetProfiles":
            body = self.profiles("ver20/media" in text)
        elif action == "GetStreamUri":
            token = re.search(r"ProfileToken>([^<]*)<", text)
            index = int(token.group(1)[1:]) if token else 0
            uri = f"rtsp://{self.host()}:{self.rtsp_port}{self.streams[index][5]}"
            if "ver20/media" in text:
                body = f"<{m}2:GetStreamUriResponse><{m}2:Uri>{uri}</{m}2:Uri></{m}2:GetStreamUriResponse>"
            else:
                body = f"<{m}:GetStreamUriResponse><{m}:MediaUri><{t}:Uri>{uri}</{t}:Uri></{m}:MediaUri></{m}:GetStreamUriResponse>"
        elif action == "GetSnapshotUri":
            body = f"<{m}:GetSnapshotUriResponse><{m}:MediaUri><{t}:Uri>http://{self.host()}/snapshot.jpg</{t}:Uri></{m}:MediaUri></{m}:GetSnapshotUriResponse>"
        else:
            return 500, self.fault("ActionNotSupported", "not implemented")
        return 200, self.envelope(body)

    def profiles(self, media2):
        m, t = self.names["m"] + ("2" if media2 else ""), self.names["t"]
        out = []
        for i, (source, name, encoding, width, height, _) in enumerate(self.streams):
            resolution = f"<{t}:Resolution><{t}:Width>{width}</{t}:Width><{t}:Height>{height}</{t}:Height></{t}:Resolution>"
            rate = f"<{t}:RateControl><{t}:FrameRateLimit>25</{t}:FrameRateLimit><{t}:BitrateLimit>2048</{t}:BitrateLimit></{t}:RateControl>"
            if media2:
                out.append(f'<{m}:Profiles token="p{i}"><{m}:Name>{name}</{m}:Name><{m}:Configurations><{m}:VideoSource token="v">'
                           f'<{t}:SourceToken>{source}</{t}:SourceToken></{m}:VideoSource><{m}:VideoEncoder token="e" GovLength="50">'
                           f"<{t}:Encoding>{encoding}</{t}:Encoding>{resolution}{rate}</{m}:VideoEncoder></{m}:Configurations></{m}:Profiles>")
            else:
                out.append(f'<{m}:Profiles token="p{i}" fixed="true"><{t}:Name>{name}</{t}:Name><{t}:VideoSourceConfiguration token="v">'
                           f"<{t}:SourceToken>{source}</{t}:SourceToken></{t}:VideoSourceConfiguration><{t}:VideoEncoderConfiguration token=\"e\">"
                           f"<{t}:Encoding>{encoding}</{t}:Encoding>{resolution}{rate}<{t}:H264><{t}:GovLength>50</{t}:GovLength></{t}:H264>"
                           f"</{t}:VideoEncoderConfiguration></{m}:Profiles>")
        return f"<{m}:GetProfilesResponse>{''.join(out)}</{m}:GetProfilesResponse>"

    # ---- login ------------------------------------------------------------------------------------------

    def digest_ok(self, header):
        fields = dict(re.findall(r'(\w+)=(?:"([^"]*)"|[^,\s]+)', header) and
                      [(k, q or p) for k, q, p in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', header)])
        algorithm = hashlib.sha256 if self.auth == "digest-sha256" else hashlib.md5

        def h(text):
            return algorithm(text.encode()).hexdigest()
        a1 = h(f"{self.user}:onvif:{self.password}")
        a2 = h(f"POST:{fields.get('uri')}")
        wanted = h(f"{a1}:{self.nonce}:{fields.get('nc')}:{fields.get('cnonce')}:auth:{a2}")
        return fields.get("username") == self.user and fields.get("response") == wanted

    def token_ok(self, text):
        def field(name):
            found = re.search(rf"<(?:\w+:)?{name}(?:\s[^<>]*)?>([^<]*)<", text)
            return found.group(1) if found else ""
        created = field("Created")
        if self.quirks.get("strict_clock"):
            at = datetime.datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
            if abs((at - self.now()).total_seconds()) > 5:
                return False
        digest = hashlib.sha1(base64.b64decode(field("Nonce")) + created.encode() + self.password.encode()).digest()
        return field("Username") == self.user and field("Password") == base64.b64encode(digest).decode()

    def reply(self, action, text, authorization):
        """(status, headers, body)."""
        if self.quirks.get("redirect"):
            return 302, {"Location": self.quirks["redirect"]}, b""
        if "body" in self.quirks:
            return 200, {}, self.quirks["body"]
        time.sleep(self.quirks.get("delay_s", 0))
        if self.auth != "none" and action not in OPEN_TO_ALL:
            if self.auth == "wss":
                if "UsernameToken" not in text:
                    return 400, {}, self.fault("NotAuthorized", "Sender not Authorized")
                if not self.token_ok(text):
                    self.wrong_passwords += 1
                    return 400, {}, self.fault("NotAuthorized", "Sender not Authorized")
            else:
                algorithm = "SHA-256" if self.auth == "digest-sha256" else "MD5"
                challenge = {"WWW-Authenticate": f'Digest realm="onvif", nonce="{self.nonce}", qop="auth", algorithm={algorithm}'}
                if not authorization:
                    return 401, challenge, b""
                if not self.digest_ok(authorization):
                    self.wrong_passwords += 1
                    return 401, challenge, b""
        status, body = self.answer(action, text)
        return status, {}, body

    # ---- sockets ----------------------------------------------------------------------------------------

    def start(self):
        device = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                device.peers.add(self.client_address[0])
                while True:
                    head = b""
                    while not head.endswith(b"\r\n\r\n"):
                        line = self.rfile.readline()
                        if not line:
                            return
                        head += line
                    text = head.decode("latin-1")
                    size = int(re.search(r"(?i)content-length: *(\d+)", text).group(1))
                    body = self.rfile.read(size).decode()
                    authorization = re.search(r"(?i)authorization: *([^\r]*)", text)
                    action = re.search(r"Body><(\w+)", body)
                    action = action.group(1) if action else "?"
                    device.asked.append(action)
                    status, headers, out = device.reply(action, body, authorization.group(1) if authorization else "")
                    lines = [f"HTTP/1.1 {status} X", "Content-Type: application/soap+xml"] + [f"{k}: {v}" for k, v in headers.items()]
                    if device.quirks.get("chunked") and out:
                        pieces = [out[i:i + 700] for i in range(0, len(out), 700)]
                        out = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
                        lines.append("Transfer-Encoding: chunked")
                    else:
                        lines.append(f"Content-Length: {len(out)}")
                    self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode() + out)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a probe that had enough closes in the middle

        self.server = Server((self.address, self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def start_discovery(self, interface="127.0.0.1"):
        """Answers WS-Discovery, asked by multicast on `interface` or directly."""
        self.discovery = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.discovery.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.discovery.bind(("", 3702))
        group = socket.inet_aton("239.255.255.250") + socket.inet_aton(interface)
        self.discovery.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)

        def serve():
            while True:
                try:
                    datagram, peer = self.discovery.recvfrom(65536)
                except OSError:
                    return
                asked = re.search(rb"MessageID>([^<]*)<", datagram)
                if b"Probe" not in datagram or not asked:
                    continue
                self.discovery.sendto(self.probe_match(asked.group(1).decode()), peer)
        threading.Thread(target=serve, daemon=True).start()
        return self

    def probe_match(self, relates_to):
        return (f'<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" '
                f'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
                f'xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><SOAP-ENV:Header><wsa:RelatesTo>{relates_to}</wsa:RelatesTo>'
                f'</SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>urn:uuid:{self.uuid}'
                f'</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>'
                f'onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Cong%20truong onvif://www.onvif.org/hardware/{self.model}'
                f'</d:Scopes><d:XAddrs>http://{self.host()}:{self.port}/onvif/device_service</d:XAddrs></d:ProbeMatch></d:ProbeMatches>'
                f'</SOAP-ENV:Body></SOAP-ENV:Envelope>').encode()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
        if self.discovery:
            # A receiver that is blocked does not see the close: it is woken.
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.sendto(b"end", ("127.0.0.1", 3702))
            self.discovery.close()


class Tripwire:
    """Listens where nothing may ever connect, and counts who does."""

    def __init__(self, address, ports):
        self.touched = []
        self.sockets = []
        for port in ports:
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((address, port))
            s.listen(16)
            self.sockets.append(s)
            threading.Thread(target=self.serve, args=(s, port), daemon=True).start()

    def serve(self, listener, port):
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            self.touched.append((port, peer[0]))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    def stop(self):
        for s in self.sockets:
            s.shutdown(socket.SHUT_RDWR)
            s.close()
