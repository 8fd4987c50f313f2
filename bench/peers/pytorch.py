"""A peer of the step benchmark: training steps in PyTorch, some at a time.

python3 pytorch.py NETWORK BATCH default|best
For each line with a number on its input it takes that many steps, and prints their milliseconds as JSON.
`best` is channels_last; tune malloc from outside (MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_, MALLOC_TOP_PAD_).
"""
import json
import os
import sys
import time

import torch
from torch import nn


class Block(nn.Module):
    """conv-BN-ReLU-conv-BN beside a shortcut; `after` is what the sum goes through."""

    def __init__(self, channels_in, channels, stride, shortcut, after):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
        self.shortcut, self.after = shortcut, after

    def forward(self, x):
        return self.after(self.main(x) + self.shortcut(x))


class OptionA(nn.Module):
    """Strided identity, missing channels padded with zeros (He et al. 2015, option A)."""

    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.extra, self.stride = channels - channels_in, stride

    def forward(self, x):
        x = x[:, :, ::self.stride, ::self.stride]
        return nn.functional.pad(x, (0, 0, 0, 0, self.extra // 2, self.extra - self.extra // 2))


def resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
    before = 16
    for stage, channels in enumerate([16, 32, 64]):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            shortcut = nn.Identity() if stride == 1 else OptionA(before, channels, stride)
            layers.append(Block(before, channels, stride, shortcut, nn.ReLU(inplace=True)))
            before = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def separable(channels_in, channels, stride):
    return [nn.Conv2d(channels_in, channels_in, 3, stride, 1, groups=channels_in, bias=False),
            nn.BatchNorm2d(channels_in), nn.ReLU(inplace=True),
            nn.Conv2d(channels_in, channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]


def mobilenet_v1(width=0.25):
    """On small images the stem keeps their extent."""
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    before = int(32 * width)
    layers = [nn.Conv2d(3, before, 3, 1, 1, bias=False), nn.BatchNorm2d(before), nn.ReLU(inplace=True)]
    for channels, stride in plan:
        layers += separable(before, int(channels * width), stride)
        before = int(channels * width)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))


NETWORKS = {
    "fc": ((1, 28, 28), lambda: nn.Sequential(
        nn.Flatten(), nn.Linear(784, 64), nn.BatchNorm1d(64), nn.ReLU(inplace=True), nn.Dropout(0.5),
        nn.Linear(64, 256), nn.BatchNorm1d(256), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(256, 10))),
    "cnn": ((1, 28, 28), lambda: nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(3136, 10))),
    "residual": ((1, 28, 28), lambda: nn.Sequential(
        Block(1, 64, 1, nn.Sequential(nn.Conv2d(1, 64, 1, bias=False), nn.BatchNorm2d(64)), nn.Identity()),
        nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5),
        nn.Linear(64 * 14 * 14, 10))),
    "resnet-20": ((3, 32, 32), resnet20),
    "mobilenet-v1": ((3, 32, 32), mobilenet_v1),
}


def macs_of(model, x):
    """Multiplications of convolutions and products in a forward pass on one image."""
    counts = []

    def count(layer, _, y):
        per_output = layer.weight[0].numel()
        counts.append(per_output * y[0].numel())

    hooks = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    with torch.no_grad():
        model(x[:2])
    for hook in hooks:
        hook.remove()
    return sum(counts)


def main():
    name, batch, layout = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(1)
    shape, build = NETWORKS[name]
    model, x = build().train(), torch.randn(batch, *shape)
    if layout == "best" and name != "fc":
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    labels = torch.arange(batch) % 10
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    parameters = sum(p.numel() for p in model.parameters())
    print(json.dumps({"version": torch.__version__, "parameters": parameters, "macs": macs_of(model, x)}), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(model(x), labels)
            loss.backward()
            optimizer.step()
            loss.item()
            times.append((time.perf_counter() - start) * 1000)
        print(json.dumps(times), flush=True)


main()
