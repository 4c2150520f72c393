"""The peer in PyTorch, one training in a fresh process: python benchmarks/fit_pytorch.py 3 --test

The final recipe of github.com/tuomaso/train_mnist_fast, written anew: 24 kernels of 5×5 and 32 of 3×3, a dense layer of 256,
one epoch in batches of 256, Adam (0.7, 0.9) with PyTorch's one-cycle schedule up to 0.01. It trains on the same 55,000 images
as the kit, shuffled beforehand as there. Needs torch and numpy only: an environment of its own, Python 3.11,
`pip install torch==2.13.0 numpy`. Prints a line of JSON, as fits.py does.
"""

import argparse
import gzip
import json
import resource
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

MNIST = Path(__file__).resolve().parent.parent / "data" / "mnist"


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 24, 5), nn.Conv2d(24, 32, 3)
        self.hidden, self.scores = nn.Linear(800, 256), nn.Linear(256, 10)

    def forward(self, images):
        values = functional.relu(functional.max_pool2d(self.first(images), 2))
        values = functional.relu(functional.max_pool2d(self.second(values), 2))
        return functional.log_softmax(self.scores(functional.relu(self.hidden(values.flatten(1)))), dim=1)


def load(name):
    images = np.frombuffer(gzip.decompress((MNIST / f"{name}-images-idx3-ubyte.gz").read_bytes()), np.uint8)[16:]
    labels = np.frombuffer(gzip.decompress((MNIST / f"{name}-labels-idx1-ubyte.gz").read_bytes()), np.uint8)[8:]
    images = (images.reshape(-1, 1, 28, 28).astype(np.float32) / 255 - 0.1307) / 0.3081
    return torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))


def fit(images, labels):
    model = Reader()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, betas=(0.7, 0.9))
    steps = -(-len(images) // 256)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=steps, cycle_momentum=False)
    for start in range(0, len(images), 256):
        optimizer.zero_grad()
        loss = functional.nll_loss(model(images[start : start + 256]), labels[start : start + 256])
        loss.backward()
        optimizer.step()
        schedule.step()
    return model


def accuracy(model, images, labels):
    model.eval()
    with torch.no_grad():
        answers = torch.cat([model(some).argmax(dim=1) for some in images.split(1000)])
    return (answers == labels).float().mean().item()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("seed", type=int)
    options.add_argument("--test", action="store_true", help="read the MNIST test images once, at the end")
    chosen = options.parse_args()
    torch.manual_seed(chosen.seed)
    images, labels = load("train")
    order = torch.randperm(55_000)
    training = images[:55_000][order], labels[:55_000][order]
    started = time.monotonic()
    model = fit(*training)
    found = {"seconds": time.monotonic() - started, "validation": accuracy(model, images[55_000:], labels[55_000:])}
    if chosen.test:
        found["test"] = accuracy(model, *load("t10k"))
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({name: round(number, 4) for name, number in found.items()}))
