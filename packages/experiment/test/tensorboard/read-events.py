"""Reads an event file with Google's protobuf and prints what is in it as JSON.

Field numbers are those of TensorFlow's event.proto and summary.proto; checksums are computed bit by bit, in another way
than the writer's. Run: python3 read-events.py FILE (needs: pip install protobuf)
"""
import hashlib
import json
import struct
import sys

import google.protobuf
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

F = descriptor_pb2.FieldDescriptorProto


def messages():
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", package="tb", syntax="proto3")

    def add(name, *fields):
        message = file.message_type.add(name=name)
        for number, field, kind, label, other in fields:
            message.field.add(number=number, name=field, type=kind, label=label, type_name=other)

    one, many = F.LABEL_OPTIONAL, F.LABEL_REPEATED
    add("Histogram", *[(n + 1, f, F.TYPE_DOUBLE, one, None) for n, f in enumerate(["min", "max", "num", "sum", "sum_squares"])],
        (6, "bucket_limit", F.TYPE_DOUBLE, many, None), (7, "bucket", F.TYPE_DOUBLE, many, None))
    add("Value", (1, "tag", F.TYPE_STRING, one, None), (2, "simple_value", F.TYPE_FLOAT, one, None),
        (5, "histo", F.TYPE_MESSAGE, one, ".tb.Histogram"))
    add("Summary", (1, "value", F.TYPE_MESSAGE, many, ".tb.Value"))
    add("Event", (1, "wall_time", F.TYPE_DOUBLE, one, None), (2, "step", F.TYPE_INT64, one, None),
        (3, "file_version", F.TYPE_STRING, one, None), (5, "summary", F.TYPE_MESSAGE, one, ".tb.Summary"))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tb.Event"))


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    at = 0
    while at < len(data):
        head = data[at:at + 8]
        (length,) = struct.unpack("<Q", head)
        body = data[at + 12:at + 12 + length]
        assert struct.unpack("<I", data[at + 8:at + 12])[0] == masked_crc(head)
        assert struct.unpack("<I", data[at + 12 + length:at + 16 + length])[0] == masked_crc(body)
        yield body
        at += length + 16


Event = messages()
content = open(sys.argv[1], "rb").read()
events = [json_format.MessageToDict(Event.FromString(body), preserving_proto_field_name=True) for body in records(content)]
print(json.dumps({"protobuf": google.protobuf.__version__, "sha256": hashlib.sha256(content).hexdigest(), "events": events}, indent=1))
