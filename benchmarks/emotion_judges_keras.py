# SPDX-License-Identifier: Apache-2.0
"""Runs a convolutional net from a Keras HDF5 file without TensorFlow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from benchmarks.emotion_judges_layers import (
    Floats,
    convolve,
    convolve_separably,
    elu,
    max_pool,
    relu,
    softmax,
)

_ACTIVATIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "linear": lambda values: values,
    "elu": elu,
    "relu": relu,
    "softmax": softmax,
}


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: Keras's class name, its settings, its arrays by short name, where its input is."""

    kind: str
    settings: Mapping[str, Any]
    arrays: Mapping[str, Floats]
    name: str
    inputs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class KerasNet:
    """A net as its layers in the order of the file, each after those that it reads."""

    layers: tuple[Layer, ...]

    def __call__(self, pictures: Floats) -> Floats:
        """Give the last layer's values for (N, height, width, channels)."""
        values = {"": pictures}
        for layer in self.layers:
            values[layer.name] = _apply(layer, [values[name] for name in layer.inputs])
        return values[self.layers[-1].name]


def read_keras_net(path: Path) -> KerasNet:
    """Read a Sequential or functional model with its weights.

    Raises:
        OSError: the file is missing or no HDF5.
        ValueError: a layer has weights that are not found.
    """
    with h5py.File(path) as file:
        model = json.loads(_text(file.attrs["model_config"]))
        config = model["config"]
        entries = config["layers"] if isinstance(config, dict) else config
        stored = _arrays(file["model_weights"])
    layers = []
    for entry in entries:
        name = entry["config"]["name"]
        links = entry.get("inbound_nodes")
        before = layers[-1].name if layers else ""
        inputs = tuple(link[0] for link in links[0]) if links else (before,)
        layers.append(
            Layer(entry["class_name"], entry["config"], stored.get(name, {}), name, inputs)
        )
    return KerasNet(tuple(layers))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _arrays(group: h5py.Group) -> dict[str, dict[str, Floats]]:
    """Arrays by layer and short name: "conv2d_1/kernel:0" is the layer's "kernel"."""
    found: dict[str, dict[str, Floats]] = {}
    for layer in group:
        names = [_text(name) for name in group[layer].attrs["weight_names"]]
        found[layer] = {
            name.rsplit("/", 1)[-1].split(":")[0]: np.asarray(group[layer][name], np.float32)
            for name in names
        }
    return found


def _apply(layer: Layer, inputs: list[Floats]) -> Floats:
    first = inputs[0]
    if layer.kind == "Add":
        return np.asarray(sum(inputs[1:], first))
    if layer.kind in _KINDS:
        return _KINDS[layer.kind](layer, first)
    raise ValueError(f"The net has a layer of the unknown kind {layer.kind}.")


def _activated(layer: Layer, values: Floats) -> Floats:
    biased = values + layer.arrays["bias"] if "bias" in layer.arrays else values
    return _ACTIVATIONS[layer.settings.get("activation", "linear")](biased)


def _is_same(layer: Layer) -> bool:
    return bool(layer.settings["padding"] == "same")


def _convolution(layer: Layer, pictures: Floats) -> Floats:
    stride = layer.settings["strides"][0]
    kernel = layer.arrays["kernel"]
    return _activated(layer, convolve(pictures, kernel, stride, same=_is_same(layer)))


def _separable(layer: Layer, pictures: Floats) -> Floats:
    arrays = layer.arrays
    depthwise, pointwise = arrays["depthwise_kernel"], arrays["pointwise_kernel"]
    return _activated(layer, convolve_separably(pictures, depthwise, pointwise))


def _pool(layer: Layer, pictures: Floats) -> Floats:
    size, stride = layer.settings["pool_size"][0], layer.settings["strides"][0]
    return max_pool(pictures, size, stride, same=_is_same(layer))


def _normalised(layer: Layer, values: Floats) -> Floats:
    """Batch normalisation with the statistics of training."""
    arrays = layer.arrays
    scale = arrays["gamma"] / np.sqrt(arrays["moving_variance"] + layer.settings["epsilon"])
    return np.asarray((values - arrays["moving_mean"]) * scale + arrays["beta"], np.float32)


_KINDS: Mapping[str, Callable[[Layer, Floats], Floats]] = {
    "InputLayer": lambda _layer, values: values,
    "Dropout": lambda _layer, values: values,
    "Flatten": lambda _layer, values: values.reshape(len(values), -1),
    "GlobalAveragePooling2D": lambda _layer, values: values.mean(axis=(1, 2)),
    "Activation": _activated,
    "Dense": lambda layer, values: _activated(layer, values @ layer.arrays["kernel"]),
    "Conv2D": _convolution,
    "SeparableConv2D": _separable,
    "MaxPooling2D": _pool,
    "BatchNormalization": _normalised,
}
