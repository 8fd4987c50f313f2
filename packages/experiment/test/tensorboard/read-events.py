"""Reads an event file as TensorBoard's server does, and prints as JSON what its pages are given.

Run: KEEP_EVENTS=/tmp/events npx vitest run test/tensorboard.test.ts; then in an environment with `pip install tensorboard pillow`:
python3 test/tensorboard/read-events.py /tmp/events > test/tensorboard/events.json
"""

import hashlib
import io
import json
import os
import shutil
import sys
import tempfile

from PIL import Image
from tensorboard import version
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def shown(plugin, value):
    """A number; rows of left end, right end, count; rows of pixels."""
    if plugin == "scalars":
        return float(value)
    if plugin == "histograms":
        return value.tolist()
    width, height, *encoded = value
    images = [Image.open(io.BytesIO(png)) for png in encoded]
    assert all(image.size == (int(width), int(height)) for image in images)
    return [{"mode": image.mode, "pixels": rows_of(image)} for image in images]


def rows_of(image):
    flat = list(image.tobytes())
    row = len(flat) // image.height
    return [flat[at : at + row] for at in range(0, len(flat), row)]


def events(folder):
    # 0: keep all of them.
    accumulator = EventAccumulator(folder, tensor_size_guidance={"tensors": 0}).Reload()
    for tag in accumulator.Tags()["tensors"]:
        plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
        for event in accumulator.Tensors(tag):
            value = shown(plugin, tensor_util.make_ndarray(event.tensor_proto))
            yield {"plugin": plugin, "tag": tag, "step": event.step, "wallTime": event.wall_time, "value": value}


content = open(sys.argv[1], "rb").read()
with tempfile.TemporaryDirectory() as folder:
    shutil.copy(sys.argv[1], os.path.join(folder, "events.out.tfevents.0.ablate"))
    read = list(events(folder))
lines = ",\n".join(f"  {json.dumps(event)}" for event in read)
head = json.dumps({"tensorboard": version.VERSION, "sha256": hashlib.sha256(content).hexdigest()})
print(f'{head[:-1]}, "events": [\n{lines}\n]}}')
