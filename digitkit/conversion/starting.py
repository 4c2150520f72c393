"""Keras is started here, quietly. Whoever needs it imports it from here, as late as possible: it takes seconds and 700 MB."""

import contextlib
import os
import sys


@contextlib.contextmanager
def _quiet_start():
    """TensorFlow writes technical lines about the machine straight to file descriptor 2 when it starts.

    No setting silences them (TF_CPP_MIN_LOG_LEVEL does not), so the descriptor itself is redirected for a moment.
    """
    if sys.stderr is not None:
        sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        saved = os.dup(2)
    except OSError:  # started without a standard error, as Windows services are: nobody to keep quiet for
        saved = None
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        if saved is not None:
            os.dup2(saved, 2)
            os.close(saved)
        if nowhere != 2:
            os.close(nowhere)


with _quiet_start():
    import tensorflow

    tensorflow.constant(0)  # the first operation looks for graphics cards and complains if there are none
    import keras
    from keras import layers

__all__ = ["keras", "layers", "tensorflow"]
