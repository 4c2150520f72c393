"""How fast is it, compared with Keras in the same run? python benchmarks/speed.py

Prints medians: a 12-megapixel JPEG from bytes to answer, how many pictures of about 300 pixels are read in a second, one after
another, and one image through the shipped network in NumPy and in Keras.
"""

import io
import statistics
import time

import numpy as np
from PIL import Image

from digitkit.data import data_dir, hold_out, load_mnist
from digitkit.network import load_network, to_input
from digitkit.reading import read
from digitkit.simulate import one_digit, random_picture


def median_ms(function, runs):
    function()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - started)
    return 1000 * statistics.median(seconds)


def main():
    network = load_network()
    image = load_mnist().train.images[:1]
    photo = Image.open(data_dir() / "samples" / "pen_7.jpg").resize((4000, 3000))
    noisy = np.asarray(photo).astype(np.int16) + np.random.default_rng(0).integers(-12, 13, (3000, 4000, 3), dtype=np.int16)
    content = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(content, "JPEG", quality=90)
    content = content.getvalue()
    assert read(content).text == "7"
    print(f"12-megapixel JPEG ({len(content) / 1e6:.1f} MB), bytes to answer: {median_ms(lambda: read(content), 15):6.1f} ms")

    random, digits = np.random.default_rng(5), hold_out(load_mnist().train)[1].images[:100]
    pictures = [random_picture(one_digit(digit, random), random, smallest=280, largest=320) for digit in digits]
    each = median_ms(lambda: [read(picture) for picture in pictures], 5) / len(pictures)
    print(f"100 pictures of about 300 pixels: {each:5.1f} ms each, {1000 / each:.0f} a second")

    from digitkit.conversion import to_keras

    model, batch = to_keras(network), to_input(image)
    in_numpy = median_ms(lambda: network.probabilities(image), 100)
    in_keras = median_ms(lambda: model(batch), 30)
    predicted = median_ms(lambda: model.predict(batch, verbose=0), 20)
    print(f"one image, NumPy:                {in_numpy:6.2f} ms")
    print(f"one image, Keras model(x):       {in_keras:6.2f} ms = {in_keras / in_numpy:.0f} × NumPy")
    print(f"one image, Keras model.predict:  {predicted:6.2f} ms = {predicted / in_numpy:.0f} × NumPy")


if __name__ == "__main__":
    main()
