// What test_exported_page.py asks of an exported page, whose functions are known here.
// Pixels go to the page and back as text (base64), which is a hundred times faster than as lists of numbers.

const textOf = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

function stepsOf(masks) {
  return masks.map(({ width, height, data }) => {
    const steps = mnistSteps({ width, height, data: bytesOf(data) });
    const plain = Object.entries(steps).map(([name, step]) => [name, [step.height, step.width, textOf(step.data)]]);
    return { ...Object.fromEntries(plain), stroke: strokeWidth(steps.crop) };
  });
}

function readingsOf(drawings) {
  return drawings.map((drawing) => {
    const greys = Array.from(bytesOf(drawing));
    const { reading } = answer(network, Uint8ClampedArray.from(greys.flatMap((grey) => [grey, grey, grey, 255])), 320, 0);
    return {
      words: inWords(reading.digits),
      remarks: remarks(reading, true),
      boxes: reading.digits.map(({ box }) => [box.x, box.y, box.width, box.height]),
      sure: reading.digits.map((digit) => digit.confidence),
      ink: textOf(reading.ink.data),
    };
  });
}

// How often the network is asked while a drawing is read.
function networksRunFor(drawing) {
  const asked = judge;
  let count = 0;
  judge = (...given) => {
    count += 1;
    return asked(...given);
  };
  readingsOf([drawing]);
  judge = asked;
  return count;
}

function logitsOf(images) {
  return images.map((image) => Array.from(activations(network, bytesOf(image)).pop().data));
}

// For some places in each layer: the value, what the last figure adds up to with the bias, and the sentence about it.
function toldOf(image) {
  const values = [inputOf(bytesOf(image)), ...activations(network, bytesOf(image))];
  return network.layers.flatMap(([, settings], layer) =>
    [0, 0.4, 0.9].map((share) => {
      const { height, width, maps, data } = values[layer + 1];
      const [row, column, map] = [height, width, maps].map((length) => Math.floor(share * length));
      const { sentence, figures } = arithmetic(network, layer, values, map, row, column);
      const value = data[(row * width + column) * maps + map];
      const parts = figures.length ? figures[figures.length - 1].grid.data.filter((one) => !Number.isNaN(one)) : [];
      return [number(value), figures.length ? sum(parts) + settings.bias.data[map] : value, sentence];
    }),
  );
}
