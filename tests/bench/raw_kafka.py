"""The baseline of every latency here: one record through the same broker, plain aiokafka at both ends."""

import asyncio
import time
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

SIZE = 700  # bytes, about an incident


async def round_trips(bootstrap: list[str], count: int, rate: int) -> list[float]:
    """Milliseconds from send to receipt, acks=all, linger 0, at a steady rate."""
    topic = f"bench.{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=25)
    await producer.start()
    await consumer.start()
    try:
        await producer.send_and_wait(topic, b"warm up")
        await consumer.getone()
        taken = []
        for number in range(count):
            began = time.perf_counter()
            sending = asyncio.create_task(producer.send_and_wait(topic, b"x" * SIZE, key=str(number).encode()))
            await consumer.getone()
            taken.append((time.perf_counter() - began) * 1000)
            await sending
            await asyncio.sleep(max(0.0, 1 / rate - (time.perf_counter() - began)))
        return taken
    finally:
        await consumer.stop()
        await producer.stop()
