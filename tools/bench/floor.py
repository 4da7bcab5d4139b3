"""The floor: the least that takes a press from the broker through a disk to a page. Nobody's product.

Broker → paho (acknowledged by hand) → SQLite (WAL, synchronous=FULL, one commit for all that has arrived)
→ PUBACK → server-sent event → an element appended to a page. No checks, no incidents, no sign-in: an
honest opponent, as lean as its author could write it.

Run as a process: ``python -m tools.bench.floor BROKER_PORT PASSWORD_FILE DATABASE HTTP_PORT``.
"""

import asyncio
import json
import queue
import socket
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import uvloop
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

PAGE = b"""<!doctype html><meta charset="utf-8"><title>Floor</title><ul id="list"></ul><script>
const list = document.getElementById("list");
new EventSource("/stream").onmessage = (message) => {
  const event = JSON.parse(message.data);
  const item = document.createElement("li");
  item.dataset.lastEvent = event.id;
  item.textContent = event.source + " " + event.time;
  list.append(item);
  if (list.childElementCount > 100) list.firstElementChild.remove();
};
</script>"""
_HEAD = b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Type: "

Arrived = mqtt.MQTTMessage


class Floor:
    """One reader of the broker, one writer of the disk, one loop that serves pages."""

    def __init__(self, broker_port: int, password: str, database: Path) -> None:
        self._arrived: queue.SimpleQueue[Arrived] = queue.SimpleQueue()
        self._database = database
        self._pages: set[asyncio.StreamWriter] = set()
        self._committed = 0
        self._client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id="hub",
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        client.username_pw_set("hub", password)
        client.on_message = lambda _client, _data, message: self._arrived.put(message)
        client.on_connect = lambda client, *_: client.subscribe("madomori/v1/+/unit/+/event", qos=1)
        client.on_socket_open = _no_delay
        client.connect_async("127.0.0.1", broker_port, clean_start=False)

    async def serve(self, http_port: int) -> None:
        """Until the process is ended."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._write, args=(loop,), daemon=True).start()
        server = await asyncio.start_server(self._request, "127.0.0.1", http_port)
        self._client.loop_start()
        await server.serve_forever()

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        store = sqlite3.connect(self._database)
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = FULL")
        store.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, payload BLOB) WITHOUT ROWID")
        store.commit()
        while True:
            batch = [self._arrived.get()]
            while not self._arrived.empty():
                batch.append(self._arrived.get())
            events = [json.loads(message.payload) for message in batch]
            store.executemany(
                "INSERT OR IGNORE INTO event VALUES (?, ?)",
                [(event["id"], message.payload) for event, message in zip(events, batch, strict=True)],
            )
            store.commit()
            self._committed += len(batch)
            for message in batch:
                self._client.ack(message.mid, message.qos)
            told = b"".join(
                b"data: "
                + json.dumps({"id": event["id"], "source": event["source"], "time": event["time"]}).encode()
                + b"\n\n"
                for event in events
            )
            loop.call_soon_threadsafe(self._tell, told)

    def _tell(self, told: bytes) -> None:
        for page in self._pages:
            page.write(told)

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if not request.startswith(b"GET /stream"):
            body = str(self._committed).encode() if request.startswith(b"GET /count") else PAGE
            length = str(len(body)).encode()
            writer.write(_HEAD + b"text/html\r\nContent-Length: " + length + b"\r\n\r\n" + body)
            await writer.drain()
            writer.close()
            return
        writer.write(_HEAD + b"text/event-stream\r\n\r\n")
        self._pages.add(writer)
        await reader.read()  # until the page goes
        self._pages.discard(writer)
        writer.close()


def _no_delay(_client: mqtt.Client, _data: Any, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


if __name__ == "__main__":
    floor = Floor(int(sys.argv[1]), Path(sys.argv[2]).read_text(), Path(sys.argv[3]))
    uvloop.run(floor.serve(int(sys.argv[4])))
