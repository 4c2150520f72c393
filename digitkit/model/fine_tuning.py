"""Fine-tuning: a trained model keeps learning, from somebody's own digits."""

import numpy as np

from digitkit.conversion import feeder, keras
from digitkit.data import NO_DIGIT, DataError, Digits, hold_out, load_mnist
from digitkit.model.training import batches, prepare, training_step
from digitkit.simulate import distort, no_digits


def fine_tune(model: keras.Model, digits: Digits, epochs: int = 3) -> None:
    """Continue training a trained model, on somebody's own digits: in small steps, and without forgetting.

    In each epoch it sees 1,000 of the digits, each distorted a little, and as many MNIST training digits; a model with an
    eleventh output also sees 150 marks that are not digits. Without these it would learn the new digits and forget the old.

    model: as for `train`, or with 11 outputs, such as `to_keras(load_network())`; it is changed in place. digits: Digits, at
    least one; a few hundred by several people are better. Those with the label 10 are marks that are no digits, such as the
    panel keeps: a model with 11 outputs sees 50 of them in each epoch, one with 10 none. Takes five to ten seconds for the
    shipped network on two cores.
    Raises DataError if there are no digits, NetworkError if the model does not read digits. Call keras.utils.set_random_seed
    first for a run that can be repeated.
    Afterwards confidence is no longer calibrated: the temperature was fitted to the network as it was before.

        model = digitkit.to_keras(digitkit.load_network())
        digitkit.fine_tune(model, digits)
        network = digitkit.to_network(model)
    """
    marks, digits = digits[digits.labels == NO_DIGIT], digits[digits.labels < NO_DIGIT]
    if not len(digits):
        raise DataError("There are no digits to learn from.")
    rng = np.random.default_rng(0)
    mnist, _ = hold_out(load_mnist().train)
    feed = feeder(model)
    step = training_step(model, prepare(model, 0.0001, feed))
    for _ in range(epochs):
        own = digits[rng.choice(len(digits), 1000, replace=len(digits) < 1000)]
        old = mnist[rng.choice(len(mnist), 1000, replace=False)]
        images, labels = [distort(own.images, rng), old.images], [own.labels, old.labels]
        if model.output_shape[-1] == 11:
            images.append(no_digits(150, rng, old.images))
            labels.append(np.full(150, NO_DIGIT, np.uint8))
            if len(marks):
                chosen = marks[rng.choice(len(marks), 50)]
                images.append(distort(chosen.images, rng))
                labels.append(chosen.labels)
        shown, meant = np.concatenate(images), np.concatenate(labels).astype(np.int32)
        for batch in batches(len(meant), 64, rng):
            step(feed(shown[batch]), meant[batch], 0.0)
