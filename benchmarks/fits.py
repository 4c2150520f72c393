"""One training in a fresh process, for the other commands here: python benchmarks/fits.py main 3

Prints a line of JSON: the seconds of the whole fit, compilation and validation included, the start of Python and TensorFlow
not; the accuracy on the 5,000 validation digits, and with --test also on the MNIST test images; the peak of memory in MB.
"""

import argparse
import json
import resource
import sys
import time

import numpy as np

from digitkit.conversion import keras, layers, to_network
from digitkit.data import hold_out, load_mnist
from digitkit.model import RECIPES, Recipe, build_cnn, constant, learn, set_seed
from digitkit.network import to_input


def small_kernels():
    """The network of the first edition: kernels of 3×3 only, and half as many values in the first dense layer."""
    convolutions = [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(2)]
    convolutions += [layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten()]
    ends = [layers.Dense(64, activation="relu"), layers.Dense(10), layers.Softmax()]
    return keras.Sequential([layers.Input((28, 28, 1)), *convolutions, *ends])


# What is trained, and how. The first three are those of notebook 03; each of the others changes one thing in the first.
FITS = {
    "shortest": (build_cnn, Recipe()),
    "main": (build_cnn, RECIPES["quick"]),
    "thorough": (build_cnn, RECIPES["thorough"]),
    "constant learning rate": (build_cnn, Recipe(schedule=constant)),
    "constant and smaller": (build_cnn, Recipe(schedule=constant, learning_rate=0.002)),
    "hard labels": (build_cnn, Recipe(softness=0.0)),
    "batches of 64": (build_cnn, Recipe(batch_size=64)),
    "dropout 0.3": (lambda: build_cnn(dropout=0.3), Recipe()),
    "8 and 16 kernels": (lambda: build_cnn(filters=8), Recipe()),
    "smaller network": (small_kernels, Recipe()),
}


def fit(name, seed, size, with_test):
    mnist = load_mnist()
    training, validation = hold_out(mnist.train)
    build, recipe = FITS[name]
    set_seed(seed)
    started = time.monotonic()
    model = build()
    progress = learn(model, training[:size], validation, recipe)
    seconds = time.monotonic() - started
    found = {"seconds": seconds, "validation": progress.history["val_accuracy"][-1], "memory": _peak()}
    return found | ({"test": _accuracy(model, mnist.test)} if with_test else {})


def fit_keras_example(seed):
    """Keras's own example for MNIST (vision/mnist_convnet), written anew with its settings; it ends at 99.0 % on the test images.

    They are read after every epoch, which is not counted in the seconds.
    """
    mnist = load_mnist()
    images, labels = to_input(mnist.train.images), keras.utils.to_categorical(mnist.train.labels, 10)
    set_seed(seed)
    started, waited = time.monotonic(), 0.0
    parts = [layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2), layers.Conv2D(64, 3, activation="relu")]
    parts += [layers.MaxPooling2D(2), layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, activation="softmax")]
    model = keras.Sequential([layers.Input((28, 28, 1)), *parts])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    reached = []

    def look(epoch, logs):
        nonlocal waited
        paused = time.monotonic()
        reached.append((_accuracy(model, mnist.test), logs["val_accuracy"]))
        model.stop_training = reached[-1][0] > 0.99
        waited += time.monotonic() - paused

    watch = keras.callbacks.LambdaCallback(on_epoch_end=look)
    model.fit(images, labels, batch_size=128, epochs=30, validation_split=0.1, verbose=0, callbacks=[watch])
    seconds = time.monotonic() - started - waited
    return {"seconds": seconds, "epochs": len(reached), "test": reached[-1][0], "validation": reached[-1][1], "memory": _peak()}


def _accuracy(model, digits):
    return float((to_network(model).logits(digits.images).argmax(axis=1) == digits.labels).mean())


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("name", choices=[*FITS, "keras example"])
    options.add_argument("seed", type=int)
    options.add_argument("--size", type=int, default=None, help="train on so many digits only")
    options.add_argument(
        "--test", action="store_true", help="read the MNIST test images once, at the end (the Keras example reads them anyway)"
    )
    chosen = options.parse_args()
    example = chosen.name == "keras example"
    found = fit_keras_example(chosen.seed) if example else fit(chosen.name, chosen.seed, chosen.size, chosen.test)
    print(json.dumps({name: float(np.round(number, 4)) for name, number in found.items()}))
