"""Notebook 03: train a CNN. The checks of its exercises."""

from digitkit.exercises.checking import exercise, refuse, require_number


@exercise
def check_parameters(answer):
    """Notebook 03: how many numbers a Conv2D(20, 3) that looks at 16 feature maps learns.

    >>> check_parameters(20 * (3 * 3 * 16 + 1))
    ✓ Right. 20 kernels × (3 × 3 × 16 weights + 1 bias) = 2,900.
    """
    reasons = [
        (180, "20 × 9 = 180 gives each kernel one layer of 3×3. But it looks at all 16 maps at once, and has a bias."),
        (200, "20 × (9 + 1) = 200 forgets that a kernel looks at all 16 maps at once: it has 3 × 3 × 16 numbers, and a bias."),
        (2880, "20 × 3 × 3 × 16 = 2,880 is nearly right: each of the 20 kernels also has one bias."),
        (2896, "2,880 + 16 counts one bias for each map that comes in. There is one for each map that goes out."),
        (416, "416 is the first convolution, which looks at one grey picture. This one looks at 16 maps."),
        (4640, "4,640 is a convolution with 32 kernels. The classmate's has 20."),
    ]
    method = "Count the numbers in one kernel (rows × columns × maps that come in, plus 1), then times 20."
    require_number(answer, 2900, reasons, method)
    return "20 kernels × (3 × 3 × 16 weights + 1 bias) = 2,900."


@exercise
def check_planted_mistake(answer):
    """Notebook 03: the number of the line that spoils a training program.

    >>> check_planted_mistake(3).outcome
    'right'
    """
    reasons = [
        (1, "Line 1 is right: without held-out digits the mistake would not even be noticed."),
        (2, "Line 2 is right: the network gets its pixels scaled to 0 … 1, as ours did."),
        (4, "Line 4 is right: it is the network that you have just trained."),
        (5, "Line 5 is right: it only says how to measure the loss and how to make it smaller."),
        (6, "Line 6 is right: six epochs are more than ours had."),
        (7, "Line 7 is right: it measures on held-out digits with their own labels. It found the mistake; it did not cause it."),
    ]
    require_number(answer, 3, reasons, "The answer is the number of a line, from 1 to 7.")
    return (
        "It mixes up the labels: each picture gets another one's label. A network learns what its labels say, and nothing else."
    )


@exercise
def check_deeper_model(model):
    """Notebook 03: a network like the first, but with a third convolution before Flatten.

    >>> check_deeper_model(...).outcome
    'not attempted'
    """
    names = [type(layer).__name__ for layer in getattr(model, "layers", [])]
    refuse(not names, "This is not a Keras model: it should be keras.Sequential([...]) with a list of layers.")
    refuse(not model.built, "The network does not yet know how large its pictures are: begin the list with Input((28, 28, 1)).")
    input_shape, output_shape = tuple(model.input_shape[1:]), tuple(model.output_shape[1:])
    wrong_input = f"The network must take pictures of 28 × 28 × 1, but it takes {input_shape}: use Input((28, 28, 1))."
    refuse(input_shape != (28, 28, 1), wrong_input)
    wrong_output = f"The network must give ten numbers, one for each digit, but it gives {output_shape}: is Dense(10) there?"
    refuse(output_shape != (10,), wrong_output)
    convolutions = [index for index, name in enumerate(names) if name == "Conv2D"]
    there = "is 1" if len(convolutions) == 1 else f"are {len(convolutions)}"
    refuse(len(convolutions) != 3, f"There should be three Conv2D layers, but there {there}.")
    filters = model.layers[convolutions[-1]].filters
    refuse(filters != 64, f"The third Conv2D should have 64 kernels, but it has {filters}.")
    return f"Three convolutions, {model.count_params():,} parameters in all."
