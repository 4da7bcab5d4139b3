"""Run amqtt from a configuration file until told to stop: the broker of a trial without mosquitto.

amqtt speaks MQTT 3.1.1 and keeps its sessions in memory; the units' outboxes carry durability.
"""

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig


async def _serve(config: str) -> None:
    broker = Broker(BrokerConfig.from_dict(json.loads(config)))
    await broker.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_serve(Path(sys.argv[1]).read_text()))
